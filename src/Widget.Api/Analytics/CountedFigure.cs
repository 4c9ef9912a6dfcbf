using Widget.Api.Leads;
using Widget.Api.Usage;

namespace Widget.Api.Analytics;

/// <summary>A figure whose conversations can be listed. Exactly one of the properties is set.</summary>
internal sealed record CountedFigure
{
    private const string TierPrefix = "tier.";
    private const string UsagePrefix = "usage.";

    /// <summary>The column of a figure of what happened in conversations.</summary>
    public string? Column { get; private init; }

    /// <summary>The tier of the leads of <c>tier.hot</c> and the like.</summary>
    public string? Tier { get; private init; }

    /// <summary>The kind of the usage of <c>usage.voice</c> and the like.</summary>
    public string? Usage { get; private init; }

    public static IEnumerable<string> Names =>
    [
        .. AnalyticsColumns.Figures,
        .. LeadTiers.Names.Select(tier => TierPrefix + tier),
        .. UsageMeter.Kinds.Select(kind => UsagePrefix + kind),
    ];

    /// <summary>Returns the figure of a name. Null if there is none.</summary>
    public static CountedFigure? Of(string name)
    {
        if (AnalyticsColumns.Of(name) is { } column) return new CountedFigure { Column = column };
        if (!Names.Contains(name, StringComparer.Ordinal)) return null;
        return name.StartsWith(TierPrefix, StringComparison.Ordinal)
            ? new CountedFigure { Tier = name[TierPrefix.Length..] }
            : new CountedFigure { Usage = name[UsagePrefix.Length..] };
    }
}
