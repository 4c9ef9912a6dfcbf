using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Widget.Simulators.Tavus;

/// <summary>A request to the API.</summary>
/// <param name="Path">The path after <c>/v2/</c>, without the query.</param>
public sealed record ReceivedRequest(string? Account, string Method, string Path, string Query, JsonElement? Body, DateTimeOffset At);

/// <summary>
/// The state of the simulated Tavus: accounts, settings, faults and requests. In memory, except for what the journal keeps (<see
/// cref="TavusJournal"/>).
/// </summary>
public sealed class SimulatedTavus : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, SimulatedAccount> _accounts = new(StringComparer.Ordinal);
    private readonly List<(TavusFailure Failure, int[] Left)> _failures = [];
    private Random _random = new(1);

    public SimulatedTavus(string? journal = null)
    {
        Journal = new TavusJournal(journal);
        SetAccount(TavusEndpoints.Key, new AccountTerms());
        Remember();
    }

    public TavusSimulation Behavior { get; private set; } = new();

    internal TavusJournal Journal { get; }

    /// <summary>The last 50,000 requests to the API, oldest first.</summary>
    public ConcurrentQueue<ReceivedRequest> Requests { get; } = [];

    /// <summary>What was fetched of documents on this machine, by document id.</summary>
    public ConcurrentDictionary<string, string> FetchedDocuments { get; } = new(StringComparer.Ordinal);

    /// <summary>The client for Tavus's own requests: callbacks, tools, custom models and documents.</summary>
    internal HttpClient Out { get; } = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxConnectionsPerServer = 64,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = TimeSpan.FromSeconds(20),
    };

    internal IEnumerable<SimulatedAccount> Accounts => _accounts.Values;

    /// <summary>The calls of all accounts, oldest first.</summary>
    public IReadOnlyList<SimulatedConversation> Conversations =>
        [.. _accounts.Values.SelectMany(account => account.Conversations.Values).OrderBy(conversation => conversation.CreatedAt)];

    public SimulatedConversation? FindConversation(string id) =>
        _accounts.Values.Select(
            account => account.Conversations.GetValueOrDefault(id)).FirstOrDefault(conversation => conversation is not null);

    internal SimulatedAccount? FindAccount(string? key) => key is not null && _accounts.TryGetValue(key, out var account) ? account : null;

    /// <summary>Creates an account with Tavus's stock objects, or changes its properties.</summary>
    internal SimulatedAccount SetAccount(string key, AccountTerms terms)
    {
        Journal.Account(key, terms);
        lock (_lock)
        {
            if (_accounts.TryGetValue(key, out var known))
            {
                known.Terms = terms;
                return known;
            }

            var account = new SimulatedAccount(key, terms);
            Stock.Fill(account);
            return _accounts[key] = account;
        }
    }

    public void Behave(TavusSimulation behavior)
    {
        Journal.Behave(behavior);
        lock (_lock)
        {
            Behavior = behavior;
            _random = new Random(behavior.Seed);
        }
    }

    public void Fail(TavusFailure failure)
    {
        lock (_lock) _failures.Add((failure, [failure.Times]));
    }

    public void FailNoMore()
    {
        lock (_lock) _failures.Clear();
    }

    /// <summary>The fault for this request; null for none.</summary>
    internal TavusFailure? FailureOf(string? account, string method, string path)
    {
        lock (_lock)
        {
            foreach (var (failure, left) in _failures)
            {
                if (left[0] <= 0 || (failure.Account is not null && failure.Account != account)) continue;
                var pattern = $"^{Regex.Escape(failure.On).Replace(@"\*", ".*", StringComparison.Ordinal)}$";
                if (!Regex.IsMatch($"{method} {path}", pattern, RegexOptions.None, TimeSpan.FromSeconds(1))) continue;
                left[0]--;
                return failure;
            }

            return null;
        }
    }

    internal void Record(ReceivedRequest request)
    {
        Requests.Enqueue(request);
        while (Requests.Count > 50_000) Requests.TryDequeue(out _);
    }

    internal double Chance()
    {
        lock (_lock) return _random.NextDouble();
    }

    /// <summary>Runs an action after a number of Tavus's seconds, unless it is cancelled.</summary>
    internal async Task AfterAsync(double seconds, Action what, CancellationToken ct)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds / Behavior.SecondsPerSecond), ct);
            what();
        }
        catch (OperationCanceledException)
        {
            // Cancelled.
        }
    }

    internal static string Now() => DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);

    private void Remember()
    {
        if (Journal.Behavior is { } behavior) Behavior = behavior;
        foreach (var (key, terms) in Journal.Accounts.ToArray()) SetAccount(key, terms);
        foreach (var past in Journal.Calls.Values)
        {
            var account = FindAccount(past.Account)!;
            var conversation = new SimulatedConversation(this, account, past.Request, past.Host, past);
            account.Restore(conversation);
            if (conversation.IsActive) conversation.Start();
        }
    }

    public void Dispose()
    {
        Journal.Dispose();
        Out.Dispose();
        foreach (var conversation in Conversations) conversation.Dispose();
    }
}
