using Widget.Api.Answers;
using Widget.Api.Search;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Catalog;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Search;

namespace Widget.Api.Selling.Demos;

/// <summary>Chooses the demo to show a visitor.</summary>
public sealed class DemoFinder(HybridSearch search, TypedKnowledge typed)
{
    private const int MaxHits = 5;

    /// <summary>
    /// A demo is shown if its words (title, description, when to show it) answer the question with at least this probability, the same
    /// threshold as for answers (docs/decisions/0008-when-to-say-no.md), or if its meaning is at least <see cref="MinMeaning"/> similar. A
    /// demo of something else is worse than none.
    /// </summary>
    private const double MinConfidence = 0.5;

    private const double MinMeaning = 0.6;

    // A question of these words alone names no subject: "Can you show me a demo?"
    private static readonly HashSet<string> GenericWords = new(StringComparer.Ordinal)
    {
        "demo", "demos", "demonstration", "video", "videos", "clip", "film", "image", "picture", "photo", "slide", "slides", "product",
        "show", "see", "watch", "look", "please", "works", "work", "presentation",
        "vorführung", "präsentation", "bild", "bilder", "foto", "folie", "produkt", "zeig", "zeige", "zeigen", "sehen", "ansehen", "bitte",
        "ver", "mostrar", "muéstrame", "enseñar", "enséñame", "vídeo", "imagen", "producto", "favor", "demostración",
        "عرض", "فيديو", "صورة", "أرني", "المنتج",
    };

    /// <summary>Whether the tenant has demos.</summary>
    public Task<bool> HasAnyAsync(TenantId tenant, CancellationToken ct) => typed.HasDemosAsync(tenant, ct);

    /// <summary>Returns the best demo for a question. Null if none fits.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="query">The question; null or without a subject for the tenant's first demo.</param>
    /// <param name="ct">Cancels the search.</param>
    /// <exception cref="SearchUnavailableException">The knowledge base cannot be searched right now.</exception>
    public async Task<ShownDemo?> FindAsync(TenantId tenant, TenantSettings settings, string? query, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(query) || FollowUps.ContentWords(query).All(GenericWords.Contains))
            return (await typed.DemosAsync(tenant, 0, 1, ct)).Entries is [var first] ? ToShown(first.Entry) : null;
        // Tavus's documents have no demos.
        var plan = SearchPlans.For(settings) with
        {
            Strategy = SearchStrategy.Parallel,
            Weights = new Dictionary<string, double>(StringComparer.Ordinal) { [KnowledgeBases.Own] = 1 },
        };
        var found = await search.SearchAsync(
            new KnowledgeQuery
            {
                TenantId = tenant,
                Text = query,
                Limit = MaxHits,
                Filter = new KnowledgeFilter { Kinds = [DocumentKind.Demo] },
            },
            plan,
            ct);
        foreach (var hit in found.Hits.Where(IsRelevant))
        {
            // Null if the demo was deleted in the meantime.
            if (Guid.TryParse(hit.ExternalId, out var id) && await typed.FindAsync(tenant, new DemoId(id), ct) is { } demo)
                return ToShown(demo.Entry);
        }

        return null;
    }

    private static bool IsRelevant(Hit hit) => Confidence.Of(hit.Signals) >= MinConfidence || hit.Signals.Meaning >= MinMeaning;

    private static ShownDemo ToShown(Demo demo) => new(
        demo.Id.Value,
        demo.Kind.ToName(),
        demo.Url,
        demo.StartAt,
        demo.EndAt,
        demo.Page,
        VisibleText.Line(demo.Title),
        demo.Description);
}
