using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Widget.Platform.Caching;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Search;

/// <summary>
/// Caches search results until the tenant's knowledge changes (docs/decisions/0013-caching-searches.md). A result is cached only if it is
/// complete: no knowledge base failed or was late.
/// </summary>
/// <param name="revisionOf">Returns the revision of a tenant's knowledge, a number that grows with every change.</param>
/// <param name="clock">Clock for the entries' age.</param>
/// <param name="capacity">Maximum size of the cache on this node, in characters of text.</param>
public sealed class SearchCache(Func<TenantId, CancellationToken, Task<long>> revisionOf, TimeProvider clock, long capacity = 16_000_000)
{
    /// <summary>The revision reports changes of own knowledge. This limit covers later changes of scores and models.</summary>
    private static readonly TimeSpan OwnLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Remote knowledge bases do not report changes.</summary>
    private static readonly TimeSpan RemoteLifetime = TimeSpan.FromSeconds(30);

    private readonly CoalescingCache<string, SearchResult> _results = new(clock, capacity, Size);

    /// <summary>If the database does not return the revision within this time, the search runs without the cache.</summary>
    public TimeSpan RevisionTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    public async Task<SearchResult> GetAsync(
        KnowledgeQuery query,
        SearchPlan plan,
        Func<CancellationToken, Task<SearchResult>> search,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        if (await RevisionAsync(query.TenantId, ct) is not { } revision) return await search(ct);
        var (result, shared) = await _results.GetAsync(Key(query, plan, revision), search, Lifetime, ct);
        return shared
            ? result with { Trace = result.Trace with { Cached = true, Milliseconds = clock.GetElapsedTime(start).TotalMilliseconds } }
            : result;
    }

    /// <summary>
    /// The key of a search: the tenant and the revision of its knowledge, the question with normalised spacing and case, and everything
    /// else that determines the result. Results from before a change are never found again and expire.
    /// </summary>
    internal static string Key(KnowledgeQuery query, SearchPlan plan, long revision)
    {
        var key = new StringBuilder();
        void Append(string name, IEnumerable<string> values)
        {
            // Each value follows its length, so that two different lists never have the same key.
            key.Append(name);
            foreach (var value in values) key.Append(CultureInfo.InvariantCulture, $"{value.Length}:{value}");
        }

        static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
        Append("t", [query.TenantId.ToString(), Text(revision), Text(query.Limit)]);
        Append("c", [plan.Strategy.ToString(), Text(plan.SufficientConfidence)]);
        Append("q", [string.Join(' ', query.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant()]);
        Append(
            "w",
            plan.Weights.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, Text(entry.Value) }));
        Append(
            "o",
            plan.Excluded.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, entry.Value }));
        Append(
            "p",
            plan.Parameters.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => new[] { entry.Key, entry.Value }));
        Append("s", query.Filter.Sources.Select(source => source.ToString()).Order(StringComparer.Ordinal));
        Append("g", query.Filter.Tags.Order(StringComparer.Ordinal));
        Append("k", query.Filter.Kinds.Select(kind => kind.ToString()).Order(StringComparer.Ordinal));
        Append("l", query.Filter.Languages.Order(StringComparer.Ordinal));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())));
    }

    internal static TimeSpan Lifetime(SearchResult result)
    {
        var isComplete = result.Trace.Steps.All(IsCacheable)
            && result.Trace.Reranking is null or { Outcome: SearchOutcome.Answered };
        if (!isComplete) return TimeSpan.Zero;
        return result.Trace.Steps.All(step => step.KnowledgeBase == KnowledgeBases.Own) ? OwnLifetime : RemoteLifetime;
    }

    // The knowledge base answered, or was skipped for a lasting reason.
    private static bool IsCacheable(SearchStep step) =>
        step is { Outcome: SearchOutcome.Answered or SearchOutcome.Skipped, IsTemporary: false };

    // The key has a fixed length, however long the question is.
    private static long Size(SearchResult result) =>
        500 + result.Hits.Sum(
            hit => 300 + hit.Text.Length + hit.Title.Length + (hit.Url?.Length ?? 0) + hit.Locator.Headings.Sum(heading => heading.Length))
        // Most texts of the trace are those of the hits.
        + result.Trace.Steps.Sum(step => step.Found.Sum(hit => 100 + (hit.Fate == HitFate.Kept ? 0 : hit.Text.Length)));

    private async Task<long?> RevisionAsync(TenantId tenant, CancellationToken ct)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            return await revisionOf(tenant, cancellation.Token).WaitAsync(RevisionTimeout, clock, ct);
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
        {
            // Do not hold a database connection when the search no longer waits for the revision.
            await cancellation.CancelAsync();
            return null;
        }
    }
}
