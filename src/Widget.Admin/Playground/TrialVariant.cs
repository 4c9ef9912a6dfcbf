using System.Globalization;
using Widget.Contracts;

namespace Widget.Admin.Playground;

/// <summary>One way to ask: a strategy and a weight. Null stands for the tenant's setting.</summary>
public sealed class TrialVariant
{
    private const char Separator = '~';

    public SearchStrategyName? Strategy { get; set; }

    public double? Weight { get; set; }

    /// <summary>The result; null before it is asked.</summary>
    public TrialAnswer? Answer { get; set; }

    /// <summary>Why it could not be asked.</summary>
    public string? Error { get; set; }

    public bool IsAsking { get; set; }

    /// <summary>As it is written in the page's address, such as <c>smart~0.3</c>.</summary>
    public override string ToString() =>
        $"{Strategy?.ToString().ToLowerInvariant()}{Separator}{Weight?.ToString("0.##", CultureInfo.InvariantCulture)}";

    /// <summary>Reads variants from the page's address; one with the tenant's settings if there are none.</summary>
    public static List<TrialVariant> Parse(string? text, int max)
    {
        var variants = (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Take(max).Select(Read).ToList();
        return variants.Count == 0 ? [new TrialVariant()] : variants;
    }

    private static TrialVariant Read(string text)
    {
        var parts = text.Split(Separator);
        return new TrialVariant
        {
            Strategy = Enum.TryParse<SearchStrategyName>(parts[0], ignoreCase: true, out var strategy) && Enum.IsDefined(strategy) ? strategy : null,
            Weight = parts.Length > 1
                && double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight)
                && weight is >= 0 and <= 1
                    ? weight
                    : null,
        };
    }
}
