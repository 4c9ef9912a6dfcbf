using System.Globalization;
using Widget.Api.Configuration;

namespace Widget.Api.Usage;

/// <summary>
/// The prices of services that count time or characters, in the operator's currency (WIDGET_SERVICE_PRICES): of a minute of video calls,
/// voice calls and transcription, and of a million characters read aloud.
/// </summary>
public sealed record ServicePrices
{
    private const string Variable = "WIDGET_SERVICE_PRICES";
    private const decimal MaxAmount = 1_000_000m;
    private const decimal PerCharacters = 1_000_000m;

    private static readonly string[] Priced = [UsageMeter.Video, UsageMeter.Voice, UsageMeter.Transcription, UsageMeter.Speech];

    private IReadOnlyDictionary<string, decimal> ByKind { get; init; } = new Dictionary<string, decimal>(StringComparer.Ordinal);

    /// <summary>Returns the cost of a usage. Null if it counts neither time nor characters, or has no price.</summary>
    public decimal? Of(UsageSum sum) =>
        !ByKind.TryGetValue(sum.Kind, out var price) ? null
        : sum.Kind == UsageMeter.Speech ? sum.Characters * price / PerCharacters
        : sum.Seconds * price / 60m;

    // The form is video=0.37, voice=0.06, speech=15.
    internal static ServicePrices Read(Variables variables)
    {
        var prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var part in variables.List(Variable))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            var isPrice = pair.Length == 2
                && Priced.Contains(pair[0], StringComparer.Ordinal)
                && ParseAmount(pair[1]) is { } amount
                && prices.TryAdd(pair[0], amount);
            if (isPrice) continue;
            variables.Errors.Add(
                $"{Variable} contains \"{part}\". Write each price once: of a minute (video, voice, transcription) and of a million "
                + "characters (speech), such as video=0.37, speech=15.");
        }

        return new ServicePrices { ByKind = prices };
    }

    internal static decimal? ParseAmount(string text) =>
        decimal.TryParse(
            text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var amount)
        && amount <= MaxAmount
            ? amount
            : null;
}
