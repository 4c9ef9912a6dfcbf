using System.Text.RegularExpressions;
using Widget.Platform.Text;
using Widget.Rag.Embeddings;
using Widget.Rag.Ranking;
using Widget.Rag.Remote;
using Widget.Rag.Search;
using Widget.Rag.Text;

namespace Widget.Rag.Tavus;

/// <summary>Searches a tenant's Tavus knowledge through a search endpoint: <c>POST {path} {query, limit}</c> with <c>x-api-key</c>, which
/// returns a list of passages. Tavus does not document such an endpoint, but some accounts and gateways offer one
/// (docs/decisions/0014-the-other-knowledge-base.md).
/// <para>The scale of its scores is unknown; they only rank the hits. The confidence is computed from the hits' text by the same rule as
/// for own passages: how much of the question's words they cover, all with the same weight because there is no lexicon, and how similar
/// they are. So a server that gives every hit a high score neither hides own knowledge nor causes wrong answers.</para></summary>
public sealed partial class TavusKnowledgeBase(TavusOptions options, ITavusSearchKeys keys, IHttpClientFactory clients) : IKnowledgeBase
{
    /// <summary>Query parameter with the tenant's replica.</summary>
    public const string ReplicaParameter = "tavus.replicaId";

    private const int MaxResponseBytes = 1024 * 1024;
    private const int MaxQuestionLength = 2_000;

    // The best hits come first, so the confidence is computed from the first ones.
    private const int MaxRated = 5;

    private readonly JsonEndpoint _endpoint = new(clients.CreateClient(JsonEndpoint.Client), MaxResponseBytes);

    public string Name => KnowledgeBases.Tavus;

    public bool IsRemote => true;

    public Answerability CanAnswer(KnowledgeQuery query) =>
        !query.Filter.IsEmpty ? Answerability.No("not asked, it does not support filters")
        : !query.Parameters.TryGetValue(ReplicaParameter, out var replica) ? Answerability.No("not asked, the tenant has no tavusReplicaId")
        : !ReplicaId().IsMatch(replica) ? Answerability.No("not asked, the tenant's tavusReplicaId is not a valid Tavus ID")
        : Answerability.Yes;

    public async Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct)
    {
        var question = Truncation.Truncate(query.Text, MaxQuestionLength).Replace('\0', ' ');
        var wanted = query.Limit + query.Spare;
        var answer = await _endpoint.PostAsync(
            options.SearchAddress(query.Parameters[ReplicaParameter]),
            await keys.OfAsync(query.TenantId, ct) is { } key ? ("x-api-key", key) : null,
            new { query = question, limit = wanted },
            ct);
        Hit[] hits =
        [
            .. TavusSearchResponse.Parse(answer, wanted).Select(hit => hit with { Signals = SignalsOf(question, hit) }),
        ];
        return new KnowledgeResult(hits, hits.Take(MaxRated).Select(hit => Confidence.Of(hit.Signals)).DefaultIfEmpty().Max())
        {
            Via = "search endpoint",
        };
    }

    private static RelevanceSignals SignalsOf(string question, Hit hit)
    {
        var text = $"{hit.Title}\n{hit.Text}";
        var asked = Words.Of(question).ToHashSet(StringComparer.Ordinal);
        if (asked.Any(word => !StopWords.Contains(word))) asked.RemoveWhere(word => StopWords.Contains(word));
        if (asked.Count == 0) return default;
        var found = Words.Of(text).ToHashSet(StringComparer.Ordinal);
        var coverage = (double)asked.Count(found.Contains) / asked.Count;
        return new RelevanceSignals(coverage, Similarity(HashedEmbedder.Embed(question), HashedEmbedder.Embed(text)), Meaning: null);
    }

    private static double Similarity(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,100}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ReplicaId();
}
