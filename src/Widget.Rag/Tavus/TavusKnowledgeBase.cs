using System.Text.RegularExpressions;
using Widget.Platform.Text;
using Widget.Rag.Embeddings;
using Widget.Rag.Ranking;
using Widget.Rag.Remote;
using Widget.Rag.Search;
using Widget.Rag.Text;

namespace Widget.Rag.Tavus;

/// <summary>
/// A tenant's knowledge at Tavus, through a search endpoint: <c>POST {path} {query, limit}</c> with <c>x-api-key</c>, answered by a list of
/// passages. Tavus documents no such endpoint of its own, so this serves accounts and gateways that offer one
/// (docs/decisions/0014-the-other-knowledge-base.md).
/// <para>
/// The scale of its scores is unknown and says only which hit is better. How likely the hits answer the question is judged by their text, by
/// the same rule as our own passages: what they cover of the question's words, each counting the same for want of a lexicon, and how
/// alike they are spelt. So a server that scores everything 0.9, or by distance, neither silences our own knowledge nor invents answers.
/// </para>
/// </summary>
public sealed partial class TavusKnowledgeBase(TavusOptions options, ITavusSearchKeys keys, IHttpClientFactory clients) : IKnowledgeBase
{
    /// <summary>The query's parameter that names the tenant's replica.</summary>
    public const string ReplicaParameter = "tavus.replicaId";

    private const int LargestAnswer = 1024 * 1024;
    private const int LongestQuestion = 2_000;

    // The best are at the top; judging all of them would cost more than it tells.
    private const int MostJudged = 5;

    private readonly JsonEndpoint _endpoint = new(clients.CreateClient(JsonEndpoint.Client), LargestAnswer);

    public string Name => KnowledgeBases.Tavus;

    public bool IsRemote => true;

    public string? Refuse(KnowledgeQuery query) =>
        !query.Filter.IsEmpty ? "not asked, it knows nothing of our sources, tags, kinds and languages"
        : !query.Parameters.TryGetValue(ReplicaParameter, out var replica) ? "not asked, the tenant has set no tavusReplicaId"
        : !ReplicaId().IsMatch(replica) ? "not asked, the tenant's tavusReplicaId is not an id of Tavus"
        : null;

    public async Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct)
    {
        var question = Prefix.Of(query.Text, LongestQuestion).Replace('\0', ' ');
        var wanted = query.Limit + query.Spare;
        var answer = await _endpoint.PostAsync(
            options.SearchAddress(query.Parameters[ReplicaParameter]),
            await keys.OfAsync(query.TenantId, ct) is { } key ? ("x-api-key", key) : null,
            new { query = question, limit = wanted },
            ct);
        var hits = TavusAnswer.Read(answer, wanted);
        return new KnowledgeResult(hits, hits.Take(Math.Min(MostJudged, query.Limit)).Select(hit => ConfidenceOf(question, hit)).DefaultIfEmpty().Max()) { Via = "search endpoint" };
    }

    private static double ConfidenceOf(string question, Hit hit)
    {
        var text = $"{hit.Title}\n{hit.Text}";
        var asked = Words.Of(question).ToHashSet(StringComparer.Ordinal);
        if (asked.Any(word => !StopWords.Contains(word))) asked.RemoveWhere(word => StopWords.Contains(word));
        if (asked.Count == 0) return 0;
        var said = Words.Of(text).ToHashSet(StringComparer.Ordinal);
        var coverage = (double)asked.Count(said.Contains) / asked.Count;
        return Confidence.Of(coverage, Similarity(HashedEmbedder.Embed(question), HashedEmbedder.Embed(text)), HashedEmbedder.Model);
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
