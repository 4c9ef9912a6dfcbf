using Widget.Api.Web;
using Widget.Contracts;
using Widget.Rag.Search;
using Widget.Rag.Tavus;

namespace Widget.Api.Search;

/// <summary>Decides from a tenant's settings how its knowledge bases are searched.</summary>
public static class SearchPlans
{
    // The time limits when several knowledge bases are searched. Tavus gets less time than our own.
    private static readonly Dictionary<string, TimeSpan> SharedDeadlines = new(StringComparer.Ordinal)
    {
        [KnowledgeBases.Own] = TimeSpan.FromSeconds(2),
        [KnowledgeBases.Tavus] = TimeSpan.FromSeconds(1),
    };

    // The time limits when only one knowledge base is searched: a late result is better than none.
    private static readonly Dictionary<string, TimeSpan> SingleDeadlines = new(StringComparer.Ordinal)
    {
        [KnowledgeBases.Own] = TimeSpan.FromSeconds(6),
    };

    /// <summary>The settings with another weight of the Tavus knowledge base; null keeps the tenant's.</summary>
    public static TenantSettings WithWeight(TenantSettings settings, double? tavusWeight) =>
        tavusWeight is { } weight ? settings with { TavusKBWeight = weight } : settings;

    /// <summary>The plan of a search.</summary>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="strategy">The strategy; null for the one in the settings.</param>
    public static SearchPlan For(TenantSettings settings, SearchStrategyName? strategy = null)
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        var weights = new Dictionary<string, double>(StringComparer.Ordinal) { [KnowledgeBases.Own] = 1 };
        var omitted = new Dictionary<string, string>(StringComparer.Ordinal);
        var usesTavus = settings is { UseTavusKB: true, TavusKBWeight: > 0 };
        if (settings.UseTavusKB && !usesTavus) omitted[KnowledgeBases.Tavus] = "its weight is 0 (tavusKBWeight)";
        if (usesTavus)
        {
            weights[KnowledgeBases.Tavus] = settings.TavusKBWeight;
            weights[KnowledgeBases.Own] = 1 - settings.TavusKBWeight;
            if (settings.TavusReplicaId is { } replica) parameters[TavusKnowledgeBase.ReplicaParameter] = replica;
        }

        return new SearchPlan
        {
            Strategy = (strategy ?? settings.SearchStrategy).ToStrategy(),
            Weights = weights,
            Excluded = omitted,
            Deadlines = usesTavus ? SharedDeadlines : SingleDeadlines,
            Parameters = parameters,
        };
    }
}
