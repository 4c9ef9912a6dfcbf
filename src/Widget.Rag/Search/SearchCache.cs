using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Widget.Platform.Caching;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>
/// Answers a search that was made shortly before at once, unless the tenant's knowledge has changed since
/// (docs/decisions/0013-caching-searches.md). Only whole results are kept: one that a side was missing from is not.
/// </summary>
/// <param name="revisionOf">The state of a tenant's knowledge (a number that grows with every change).</param>
/// <param name="clock">Ages are measured with it.</param>
/// <param name="capacity">Most that is kept on this node, in characters of text.</param>
public sealed class SearchCache(Func<TenantId, CancellationToken, Task<long>> revisionOf, TimeProvider clock, long capacity = 16_000_000)
{
    /// <summary>Our own knowledge says when it changes; this bounds what is said of settled scores and of models.</summary>
    private static readonly TimeSpan OwnLifetime = TimeSpan.FromMinutes(5);

    /// <summary>A remote one does not.</summary>
    private static readonly TimeSpan RemoteLifetime = TimeSpan.FromSeconds(30);

    private readonly SharedCache<string, SearchResult> _results = new(clock, capacity, Size);

    /// <summary>A database that does not say within this how its knowledge stands gets the search without a cache.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(250);

    public async Task<SearchResult> GetAsync(KnowledgeQuery query, SearchPlan plan, Func<CancellationToken, Task<SearchResult>> search, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        if (await RevisionAsync(query.TenantId, ct) is not { } revision) return await search(ct);
        var (result, shared) = await _results.GetAsync(Key(query, plan, revision), search, Lifetime, ct);
        return shared
            ? result with { Trace = result.Trace with { Cached = true, Milliseconds = clock.GetElapsedTime(start).TotalMilliseconds } }
            : result;
    }

    /// <summary>
    /// What makes two searches the same: the question, whatever its spacing and case, and all that decides on the answer. It begins with
    /// the tenant and the state of its knowledge, so what was found before a change is not found again, and falls out in time.
    /// </summary>
    internal static string Key(KnowledgeQuery query, SearchPlan plan, long revision)
    {
        var key = new StringBuilder();
        void Part(string name, IEnumerable<string> values)
        {
            // Lengths go before values, so that no value can pass for two.
            key.Append(name);
            foreach (var value in values) key.Append(CultureInfo.InvariantCulture, $"{value.Length}:{value}");
        }

        static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
        Part("t", [query.TenantId.ToString(), Text(revision), Text(query.Limit), plan.Strategy.ToString(), Text(plan.GoodEnough)]);
        Part("q", [string.Join(' ', query.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant()]);
        Part("w", plan.Weights.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, Text(entry.Value) }));
        Part("o", plan.LeftOut.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, entry.Value }));
        Part("p", plan.Parameters.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, entry.Value }));
        Part("s", query.Filter.Sources.Select(source => source.ToString()).Order(StringComparer.Ordinal));
        Part("g", query.Filter.Tags.Order(StringComparer.Ordinal));
        Part("k", query.Filter.Kinds.Select(kind => kind.ToString()).Order(StringComparer.Ordinal));
        Part("l", query.Filter.Languages.Order(StringComparer.Ordinal));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())));
    }

    internal static TimeSpan Lifetime(SearchResult result)
    {
        var whole = result.Trace.Steps.All(IsSettled)
            && result.Trace.Reranking is null or { Outcome: SearchOutcome.Answered };
        if (!whole) return TimeSpan.Zero;
        return result.Trace.Steps.All(step => step.KnowledgeBase == KnowledgeBases.Own) ? OwnLifetime : RemoteLifetime;
    }

    // It had all it needed, or was left out for what the plan itself says: not because of something that passes.
    private static bool IsSettled(SearchStep step) => step is { Outcome: SearchOutcome.Answered or SearchOutcome.Skipped, MayChange: false };

    // Keys are of one length, however long the question.
    private static long Size(SearchResult result) =>
        500 + result.Hits.Sum(hit => 300 + hit.Text.Length + hit.Title.Length + (hit.Url?.Length ?? 0) + hit.Locator.Headings.Sum(heading => heading.Length));

    private async Task<long?> RevisionAsync(TenantId tenant, CancellationToken ct)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            return await revisionOf(tenant, given.Token).WaitAsync(Patience, clock, ct);
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
        {
            // It must not go on holding a connection that nobody waits for.
            await given.CancelAsync();
            return null;
        }
    }
}
