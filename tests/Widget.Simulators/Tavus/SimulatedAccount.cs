using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>The properties of an account (<c>PUT /control/tavus/accounts/{key}</c>).</summary>
public sealed record AccountTerms
{
    /// <summary>Concurrent calls.</summary>
    public int Slots { get; init; } = 15;

    /// <summary>Prepaid seconds of calls.</summary>
    public double Credits { get; init; } = 1_000_000_000;

    /// <summary>legacy (persona, replica), new (pal, face) or both: the names that its API accepts.</summary>
    public string Family { get; init; } = "both";

    /// <summary>Whether changes to personas go to a draft that must be published.</summary>
    public bool Drafts { get; init; }

    /// <summary>Whether GET of a persona returns <c>{"data":[…]}</c>. Null for the default: legacy accounts do, new ones do not.</summary>
    public bool? WrapsPersonas { get; init; }
}

/// <summary>An account and its objects.</summary>
internal sealed class SimulatedAccount(string key, AccountTerms terms)
{
    private readonly Lock _lock = new();
    private readonly HashSet<SimulatedConversation> _active = [];
    private double _used;

    public string Key => key;

    public AccountTerms Terms { get; set; } = terms;

    public bool Wraps => Terms.WrapsPersonas ?? Terms.Family != "new";

    public ConcurrentDictionary<string, SimulatedConversation> Conversations { get; } = new(StringComparer.Ordinal);

    /// <summary>All other objects by id, under legacy names.</summary>
    public Shelf Personas { get; } = new("p");

    /// <summary>Drafts of personas, if the account has drafts.</summary>
    public ConcurrentDictionary<string, JsonObject> Drafts { get; } = new(StringComparer.Ordinal);

    public Shelf Replicas { get; } = new("r");

    public Shelf Documents { get; } = new("d");

    public Shelf Tools { get; } = new("t");

    public Shelf Guardrails { get; } = new("g");

    public Shelf Objectives { get; } = new("o");

    /// <summary>Tools by persona, in the order of attaching.</summary>
    public ConcurrentDictionary<string, List<string>> Attached { get; } = new(StringComparer.Ordinal);

    public int Active
    {
        get
        {
            lock (_lock) return _active.Count;
        }
    }

    public double CreditsLeft
    {
        get
        {
            lock (_lock) return Terms.Credits - _used - _active.Sum(conversation => conversation.Seconds);
        }
    }

    /// <summary>Takes a slot. Returns the refusal with its status; null when the slot was free.</summary>
    public (int Status, string Message)? Admit(SimulatedConversation conversation)
    {
        lock (_lock)
        {
            if (Terms.Credits - _used - _active.Sum(other => other.Seconds) <= 0)
                return (402, "The user is out of conversational credits.");
            if (_active.Count >= Terms.Slots) return (400, "User has reached maximum concurrent conversations");
            _active.Add(conversation);
            Conversations[conversation.Id] = conversation;
            return null;
        }
    }

    /// <summary>Restores a call that existed before a crash.</summary>
    public void Restore(SimulatedConversation conversation)
    {
        lock (_lock)
        {
            Conversations[conversation.Id] = conversation;
            if (conversation.IsActive) _active.Add(conversation);
            else _used += conversation.Seconds;
        }
    }

    /// <summary>Frees a slot and charges for the call.</summary>
    public void Release(SimulatedConversation conversation)
    {
        lock (_lock)
        {
            if (_active.Remove(conversation)) _used += conversation.Seconds;
        }
    }
}

/// <summary>Objects of one kind, in order of creation.</summary>
internal sealed class Shelf(string prefix)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _byId = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    public string NewId() => $"{prefix}{Guid.NewGuid():N}"[..13];

    public void Put(string id, JsonObject item)
    {
        lock (_lock)
        {
            if (!_byId.ContainsKey(id)) _order.Add(id);
            _byId[id] = item;
        }
    }

    /// <summary>A copy; null when there is none.</summary>
    public JsonObject? Find(string id)
    {
        lock (_lock) return _byId.TryGetValue(id, out var item) ? item.DeepClone().AsObject() : null;
    }

    public bool Has(string id)
    {
        lock (_lock) return _byId.ContainsKey(id);
    }

    /// <summary>Changes an object; false when there is none.</summary>
    public bool Change(string id, Action<JsonObject> change)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out var item)) return false;
            change(item);
            return true;
        }
    }

    public bool Remove(string id)
    {
        lock (_lock)
        {
            _order.Remove(id);
            return _byId.Remove(id);
        }
    }

    /// <summary>Copies of all objects, oldest first.</summary>
    public IReadOnlyList<JsonObject> All()
    {
        lock (_lock) return [.. _order.Select(id => _byId[id].DeepClone().AsObject())];
    }
}
