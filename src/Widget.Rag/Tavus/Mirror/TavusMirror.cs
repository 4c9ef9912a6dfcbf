using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Ranking;
using Widget.Rag.Search;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>
/// Searches a mirror of a tenant's Tavus documents, because Tavus searches them only during its own calls
/// (docs/decisions/0019-mirror-of-tavus.md). Uses BM25 over an inverted index and vectors of the local embedder, fused like own knowledge,
/// with statistics of the mirror alone. It needs only the database, so it is not a remote knowledge base.
/// </summary>
public sealed class TavusMirror(TenantDatabase database, ITavusSearchKeys? keys = null) : IKnowledgeBase
{
    private const int MinCandidates = 100;

    // The hits that tell whether the knowledge answers the question.
    private const int ConfidenceHits = 5;
    private const string NoKey = "not asked, no Tavus key is configured";

    public string Name => KnowledgeBases.Tavus;

    public Answerability CanAnswer(KnowledgeQuery query) =>
        query.Filter.IsEmpty ? Answerability.Yes : Answerability.No("not asked, it does not support filters");

    public async Task<KnowledgeResult> SearchAsync(KnowledgeQuery query, CancellationToken ct)
    {
        var text = QuestionText.Shorten(query.Text);
        var embedding = HalfVectors.From(HashedEmbedder.Embed(text));
        await using var db = await database.BeginAsync(query.TenantId, ct, IsolationLevel.RepeatableRead);
        var asked = await MirrorQuestion.ReadAsync(db, text, ct);
        // A mirror made before the key was removed can still be searched. Without a mirror, the missing key is the reason to report.
        if (asked is null or { Passages: 0 })
        {
            // Looking up the key takes a separate connection.
            await db.DisposeAsync();
            if (keys is not null && await keys.OfAsync(query.TenantId, ct) is null) return KnowledgeResult.Nothing with { Skipped = NoKey };
        }

        if (asked is null) return KnowledgeResult.Nothing with { Via = "mirror, not synchronised yet" };
        var via = string.Create(
            CultureInfo.InvariantCulture,
            $"mirror of {asked.Documents} document{(asked.Documents == 1 ? "" : "s")}, "
                + $"synchronised at {asked.SyncedAt:yyyy-MM-dd HH:mm} UTC");
        if (asked.Passages == 0) return KnowledgeResult.Nothing with { Via = via };

        var wanted = query.Limit + query.Spare;
        var candidates = await CandidatesAsync(db, asked, embedding, Math.Max(MinCandidates, wanted), ct);
        var ranked = Fusion.Convex(candidates, Fusion.Weights(HashedEmbedder.Model, language: null, sharedWords: 1)).Take(wanted).ToArray();
        var hits = await HitsAsync(db, ranked, [.. asked.Terms.Select(term => term.Lexeme)], ct);
        var similarities = candidates.ToDictionary(candidate => candidate.Item, candidate => candidate.Dense);
        var rated = hits.ConvertAll(found => found.Hit with
        {
            Signals = new RelevanceSignals(
                Confidence.Coverage(asked.Terms, found.Matched),
                similarities[found.Passage],
                Meaning: null),
        });
        var confidence = rated.Take(ConfidenceHits).Select(hit => Confidence.Of(hit.Signals)).DefaultIfEmpty().Max();
        return new KnowledgeResult(rated, confidence) { Via = via };
    }

    // BM25 with k1 = 1.2, b = 0.75 (Robertson & Zaragoza 2009, eq. 3.15). The words' weights include their inverse document frequency.
    private static async Task<List<Candidate<Guid>>> CandidatesAsync(
        TenantDb db,
        MirrorQuestion asked,
        HalfVector embedding,
        int limit,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            with scored as materialized (
              select posting.passage_id as id,
                     sum(asked.weight * posting.frequency * 2.2 / (posting.frequency + 1.2 * (0.25 + 0.75 * posting.length / $4))) as score
              from unnest($2::text[], $3::float8[]) as asked (lexeme, weight)
              join tavus_postings posting on posting.tenant_id = $1 and posting.lexeme = asked.lexeme
              group by posting.passage_id
            ), found as (
              (select id from scored order by score desc, id limit $6)
              union
              (select id from tavus_passages where tenant_id = $1 order by embedding <#> $5, id limit $6)
            )
            select found.id, coalesce(scored.score, 0), -(passage.embedding <#> $5)
            from found
            cross join lateral (select embedding from tavus_passages where tenant_id = $1 and id = found.id offset 0) passage
            left join scored on scored.id = found.id
            order by found.id
            """,
            [
                db.TenantId.Value,
                asked.Terms.Select(term => term.Lexeme).ToArray(),
                asked.Terms.Select(term => (double)term.Weight).ToArray(),
                asked.AverageLength,
                embedding,
                limit,
            ]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var candidates = new List<Candidate<Guid>>();
        while (await rows.ReadAsync(ct)) candidates.Add(new Candidate<Guid>(rows.GetGuid(0), rows.GetDouble(1), rows.GetDouble(2)));
        return candidates;
    }

    private static async Task<List<(Hit Hit, Guid Passage, string[] Matched)>> HitsAsync(
        TenantDb db,
        (Guid Item, double Score)[] ranked,
        string[] lexemes,
        CancellationToken ct)
    {
        var hits = new List<(Hit, Guid, string[])>();
        if (ranked.Length == 0) return hits;
        await using var command = db.Command(
            """
            select passage.id, passage.document_id, passage.ordinal, passage.text, passage.locator, passage.address, page.title,
                   array(select posting.lexeme from tavus_postings posting
                         where posting.tenant_id = $1 and posting.passage_id = passage.id and posting.lexeme = any($3))
            from unnest($2::uuid[]) with ordinality as wanted (id, place)
            cross join lateral (select * from tavus_passages where tenant_id = $1 and id = wanted.id offset 0) passage
            join tavus_pages page on page.tenant_id = $1 and page.document_id = passage.document_id and page.address = passage.address
            order by wanted.place
            """,
            [db.TenantId.Value, ranked.Select(candidate => candidate.Item).ToArray(), lexemes]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var address = rows.GetString(5);
            var hit = new Hit
            {
                ExternalId = rows.GetString(1),
                // Stays the same when the document is read again and split in the same way.
                ForeignId = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..16]}#{rows.GetInt32(2)}"),
                Title = rows.GetString(6),
                Url = IsPublic(address) ? address : null,
                Text = rows.GetString(3),
                Locator = JsonSerializer.Deserialize<Locator>(rows.GetString(4), KnowledgeJson.Options)!,
                Score = ranked[hits.Count].Score,
                Origins = [KnowledgeBases.Tavus],
            };
            hits.Add((hit, rows.GetGuid(0), rows.GetFieldValue<string[]>(7)));
        }

        return hits;
    }

    // Addresses that contain credentials are for Tavus and this server, not for visitors.
    private static bool IsPublic(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
        && !Signatures.Any(name => uri.Query.Contains(name, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] Signatures = ["signature=", "sig=", "token=", "key=", "credential="];
}
