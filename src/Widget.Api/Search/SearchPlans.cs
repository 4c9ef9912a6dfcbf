using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Search;
using Widget.Rag.Tavus;

namespace Widget.Api.Search;

/// <summary>How a tenant's knowledge is searched, by its settings.</summary>
public static class SearchPlans
{
    // A visitor waits less long for Tavus than for our own knowledge base.
    private static readonly Dictionary<string, TimeSpan> Together = new(StringComparer.Ordinal)
    {
        [KnowledgeBases.Own] = TimeSpan.FromSeconds(2),
        [KnowledgeBases.Tavus] = TimeSpan.FromSeconds(1),
    };

    // When no other knowledge base is searched, a late result is better than none.
    private static readonly Dictionary<string, TimeSpan> Alone = new(StringComparer.Ordinal)
    {
        [KnowledgeBases.Own] = TimeSpan.FromSeconds(6),
    };

    /// <param name="settings">The tenant's settings.</param>
    /// <param name="strategy">Replaces the tenant's own.</param>
    public static SearchPlan For(TenantSettings settings, SearchStrategyName? strategy = null)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal) { [KnowledgeBases.Own] = 1 };
        var leftOut = new Dictionary<string, string>(StringComparer.Ordinal);
        var asksTavus = settings is { UseTavusKB: true, TavusKBWeight: > 0 };
        if (settings.UseTavusKB && !asksTavus) leftOut[KnowledgeBases.Tavus] = "its weight is 0 (tavusKBWeight)";
        if (asksTavus)
        {
            weights[KnowledgeBases.Tavus] = settings.TavusKBWeight;
            weights[KnowledgeBases.Own] = 1 - settings.TavusKBWeight;
            if (settings.TavusReplicaId is { } replica) parameters[TavusKnowledgeBase.ReplicaParameter] = replica;
        }

        return new SearchPlan
        {
            Strategy = (strategy ?? settings.SearchStrategy).ToStrategy(),
            Weights = weights,
            LeftOut = leftOut,
            Deadlines = asksTavus ? Together : Alone,
            Parameters = parameters,
        };
    }
}

/// <summary>Converts hits to what the API shows.</summary>
public static class Passages
{
    /// <summary>The document's address with the fragment of the passage.</summary>
    public static string? Address(Hit hit) => hit.Url is null ? null : hit.Url.Split('#')[0] + hit.Locator.Fragment;

    public static Citation ToCitation(Hit hit, int index) => new(
        index + 1,
        hit.Title,
        Address(hit),
        [.. hit.Locator.Headings],
        hit.Locator.Page,
        hit.Text,
        hit.Origins)
    {
        Document = hit.DocumentIdentity,
    };
}
