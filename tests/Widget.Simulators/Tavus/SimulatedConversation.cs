using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.Tavus;

/// <summary>
/// A call. It is active from its creation, takes a slot and costs money. It ends by <c>/end</c>, by its time limit, or when all
/// participants are gone.
/// </summary>
/// <remarks>
/// How a room page uses it: find it with <see cref="TavusRooms"/>, call <see cref="ParticipantJoined"/> and <see cref="ParticipantLeft"/>
/// (which ends the call when the last participant leaves), read events and app-messages from <see cref="WatchAsync"/>, and pass the page's
/// app-messages to <see cref="Received"/>, which reacts as Tavus does (for example, answers conversation.respond). All of it is
/// thread-safe.
/// </remarks>
public sealed class SimulatedConversation : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SimulatedTavus _tavus;
    private readonly SimulatedAccount _account;
    private readonly CancellationTokenSource _over = new();
    private readonly HashSet<string> _participants = new(StringComparer.Ordinal);
    private readonly RoomWatchers _watchers = new();
    private readonly double _speed;
    private CancellationTokenSource? _absence;
    private DateTimeOffset? _endedAt;
    private int _endCalls;
    private int _seq;

    internal SimulatedConversation(
        SimulatedTavus tavus,
        SimulatedAccount account,
        JsonElement request,
        string host,
        JournalledCall? past = null)
    {
        (_tavus, _account, Request) = (tavus, account, request);
        _speed = tavus.Behavior.SecondsPerSecond;
        Id = past?.Id ?? $"c{Guid.NewGuid():N}"[..17];
        CreatedAt = past?.CreatedAt ?? DateTimeOffset.UtcNow;
        Name = TextOf("conversation_name") ?? "New Conversation";
        Url = $"{host}/tavus/rooms/{Id}";
        PersonaId = TextOf("persona_id");
        ReplicaId = TextOf("replica_id") ?? account.Personas.Find(PersonaId!)?["default_replica_id"]?.GetValue<string>()
            ?? TavusEndpoints.Replica;
        IsPrivate = FlagOf("require_auth")
            || (Properties is { } properties
                && properties.TryGetProperty("require_auth", out var flag)
                && flag.ValueKind == JsonValueKind.True);
        MeetingToken = past is not null ? past.MeetingToken : IsPrivate ? $"mt-{Guid.NewGuid():N}" : null;
        IsTest = FlagOf("test_mode");
        Callbacks = new Callbacks(tavus, this);
        Turns = new Turns(tavus, account, this);
        if (past is not null) Remember(past);
    }

    public string Id { get; }

    public string Name { get; }

    public string Url { get; }

    public string? PersonaId { get; }

    public string ReplicaId { get; }

    /// <summary>Whether joining requires <see cref="MeetingToken"/>.</summary>
    public bool IsPrivate { get; }

    public string? MeetingToken { get; }

    /// <summary>The creation request, under legacy names.</summary>
    public JsonElement Request { get; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset UpdatedAt { get; private set; } = DateTimeOffset.UtcNow;

    public DateTimeOffset? EndedAt => _endedAt;

    /// <summary>The shutdown reason; null while the call is active.</summary>
    public string? EndedBy { get; private set; }

    public bool IsActive => _endedAt is null;

    public bool ReplicaIsIn { get; private set; }

    /// <summary>How often <c>/end</c> was called, successfully or not.</summary>
    public int EndCalls => _endCalls;

    /// <summary>Billed seconds, in Tavus's time.</summary>
    public double Seconds => IsTest ? 0 : ((_endedAt ?? DateTimeOffset.UtcNow) - CreatedAt).TotalSeconds * _speed;

    /// <summary>Whether a participant has ever joined.</summary>
    public bool WasVisited { get; private set; }

    public int Participants
    {
        get
        {
            lock (_lock) return _participants.Count;
        }
    }

    /// <summary>App-messages from participants, oldest first.</summary>
    public ConcurrentQueue<JsonElement> FromRoom { get; } = [];

    /// <summary>App-messages to the room, oldest first.</summary>
    public ConcurrentQueue<JsonElement> ToRoom { get; } = [];

    internal bool IsTest { get; }

    internal Callbacks Callbacks { get; }

    internal Turns Turns { get; }

    internal JsonElement? Properties => Request.TryGetProperty("properties", out var properties) ? properties : null;

    internal CancellationToken Over => _over.Token;

    /// <summary>A participant joins. False when the room is closed or the token is wrong.</summary>
    public bool ParticipantJoined(string participant, string? token = null)
    {
        lock (_lock)
        {
            if (_endedAt is not null || (IsPrivate && token != MeetingToken)) return false;
            _participants.Add(participant);
            WasVisited = true;
            _absence?.Cancel();
            _absence = null;
        }

        Turns.Greet();
        return true;
    }

    /// <summary>A participant leaves. After the last one, the call ends after participant_left_timeout.</summary>
    public void ParticipantLeft(string participant)
    {
        CancellationToken absence;
        lock (_lock)
        {
            if (!_participants.Remove(participant) || _participants.Count > 0 || _endedAt is not null) return;
            _absence = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
            absence = _absence.Token;
        }

        _ = _tavus.AfterAsync(Setting("participant_left_timeout", 0), () => End("participant_left_timeout"), absence);
    }

    /// <summary>Events of the room from now on, until the call ends. The first is that the replica has joined, if it has.</summary>
    public IAsyncEnumerable<RoomEvent> WatchAsync(CancellationToken ct)
    {
        lock (_lock) return _watchers.WatchAsync(ReplicaIsIn, ct);
    }

    /// <summary>Handles an app-message from a participant.</summary>
    public void Received(JsonElement appMessage)
    {
        FromRoom.Enqueue(appMessage.Clone());
        if (IsActive) Turns.React(appMessage.Clone());
    }

    /// <summary>Sends an app-message to the room.</summary>
    public void Send(string eventType, JsonObject properties, string? inferenceId = null)
    {
        var message = new JsonObject
        {
            ["message_type"] = eventType.StartsWith("system.", StringComparison.Ordinal) ? "system" : "conversation",
            ["event_type"] = eventType,
            ["conversation_id"] = Id,
            ["seq"] = Interlocked.Increment(ref _seq),
            ["turn_idx"] = Turns.Index,
            ["timestamp"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0,
            ["properties"] = properties,
        };
        if (inferenceId is not null) message["inference_id"] = inferenceId;
        var sent = JsonSerializer.SerializeToElement(message);
        ToRoom.Enqueue(sent);
        _watchers.Tell(new RoomEvent(RoomEventKind.Message, sent));
    }

    public void Dispose()
    {
        _over.Dispose();
        _absence?.Dispose();
    }

    internal void Start()
    {
        if (IsTest)
        {
            (_endedAt, EndedBy) = (CreatedAt, "test_mode");
            _over.Cancel();
            return;
        }

        var behavior = _tavus.Behavior;
        if (!behavior.ReplicaNeverJoins && !ReplicaIsIn) _ = _tavus.AfterAsync(behavior.ReplicaJoinsAfter, Join, _over.Token);
        // After a crash, subtract the time that has passed.
        _ = _tavus.AfterAsync(
            Math.Max(0, Setting("max_call_duration", 3600) - Seconds),
            () => End("max_call_duration reached"),
            _over.Token);
        var absence = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        lock (_lock) _absence = absence;
        _ = _tavus.AfterAsync(Setting("participant_absent_timeout", 300), () => End("participant_absent_timeout"), absence.Token);
    }

    internal void CountEndCall()
    {
        Interlocked.Increment(ref _endCalls);
        _tavus.Journal.EndCalled(Id);
    }

    /// <summary>Ends the call. False when it has already ended.</summary>
    internal bool End(string reason)
    {
        lock (_lock)
        {
            if (_endedAt is not null) return false;
            _endedAt = UpdatedAt = DateTimeOffset.UtcNow;
            EndedBy = reason;
            _participants.Clear();
        }

        _tavus.Journal.Ended(Id, _endedAt.Value, reason);
        _account.Release(this);
        _over.Cancel();
        Callbacks.Post("system.shutdown", new JsonObject { ["replica_id"] = ReplicaId, ["shutdown_reason"] = reason });
        _watchers.Close(reason);
        _ = _tavus.AfterAsync(_tavus.Behavior.PostCallSeconds, () => PostCall.Report(_tavus, _account, this), CancellationToken.None);
        return true;
    }

    internal JsonObject Describe(bool verbose)
    {
        var item = new JsonObject
        {
            ["conversation_id"] = Id,
            ["conversation_name"] = Name,
            ["conversation_url"] = Url,
            ["status"] = IsActive ? "active" : "ended",
            ["callback_url"] = TextOf("callback_url") ?? "",
            ["replica_id"] = ReplicaId,
            ["persona_id"] = PersonaId,
            ["created_at"] = Iso(CreatedAt),
            ["updated_at"] = Iso(UpdatedAt),
        };
        if (verbose) item["events"] = new JsonArray([.. Callbacks.Events.Select(entry => JsonNode.Parse(entry.GetRawText()))]);
        return item;
    }

    internal string? TextOf(string field) =>
        Request.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    internal bool PropertyFlag(string field) =>
        Properties is { } properties && properties.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.True;

    private static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private bool FlagOf(string field) => Request.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.True;

    private void Remember(JournalledCall past)
    {
        foreach (var entry in past.Events) Callbacks.Events.Enqueue(entry);
        _endCalls = past.EndCalls;
        ReplicaIsIn = past.End is null && past.Events.Exists(
            entry => entry.GetProperty("event_type").GetString() == "system.replica_joined");
        if (past.End is not var (at, by)) return;
        (_endedAt, UpdatedAt, EndedBy) = (at, at, by);
        _over.Cancel();
    }

    private void Join()
    {
        lock (_lock)
        {
            if (_endedAt is not null) return;
            ReplicaIsIn = true;
            UpdatedAt = DateTimeOffset.UtcNow;
        }

        Callbacks.Post("system.replica_joined", new JsonObject { ["replica_id"] = ReplicaId });
        _watchers.Tell(new RoomEvent(RoomEventKind.ReplicaJoined));
        Send("system.replica_joined", new JsonObject { ["replica_id"] = ReplicaId });
        Turns.Greet();
    }

    private double Setting(string field, double otherwise) =>
        Properties is { } properties && properties.TryGetProperty(field, out var value) ? value.GetDouble() : otherwise;
}
