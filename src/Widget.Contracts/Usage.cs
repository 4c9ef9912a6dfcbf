using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>What a tenant allows itself a month; null for no ceiling of its own.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BudgetSettings
{
    /// <summary>Messages of visitors. Afterwards visitors are told so and offered a person.</summary>
    [Range(0, 1_000_000_000, ErrorMessage = "budget.monthlyMessages must be between 0 and 1,000,000,000.")]
    public int? MonthlyMessages { get; init; }

    /// <summary>Tokens of language models, read and written. Afterwards answers quote their sources.</summary>
    [Range(0, 1_000_000_000_000, ErrorMessage = "budget.monthlyTokens must be between 0 and 1,000,000,000,000.")]
    public long? MonthlyTokens { get; init; }

    /// <summary>Cost of these tokens, in the currency of the installation's prices. Afterwards answers quote their sources.</summary>
    [Range(0, 1_000_000_000, ErrorMessage = "budget.monthlyModelSpend must be between 0 and 1,000,000,000.")]
    public decimal? MonthlyModelSpend { get; init; }
}

[JsonConverter(typeof(StrictEnumConverter<BudgetState>))]
public enum BudgetState
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>80 % of a ceiling is used.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>A ceiling is reached.</summary>
    [JsonStringEnumMemberName("reached")]
    Reached,

    /// <summary>There is a ceiling on spend, and a model whose price is not known. It counts as reached.</summary>
    [JsonStringEnumMemberName("price_unknown")]
    PriceUnknown,
}

/// <summary>What was used of one thing this month.</summary>
/// <param name="Used">How much; null for a cost that cannot be told, since the price of a model is not known.</param>
/// <param name="Ceiling">How much may be; null for no ceiling.</param>
/// <param name="State">How near the ceiling is.</param>
public sealed record MonthlyUsage(decimal? Used, decimal? Ceiling, BudgetState State);

/// <summary>A tenant's use since the first of the month, UTC.</summary>
/// <param name="From">The first of the month.</param>
/// <param name="Until">The first of the next, when counting begins anew.</param>
/// <param name="State">The worst of all.</param>
/// <param name="Messages">Visitors' messages that were answered.</param>
/// <param name="Tokens">Tokens of language models, in text and voice.</param>
/// <param name="InputTokens">Of these, read.</param>
/// <param name="OutputTokens">Of these, written.</param>
/// <param name="EstimatedTokens">Of these, what the provider did not tell and is estimated.</param>
/// <param name="ModelSpend">What these tokens cost.</param>
/// <param name="UnpricedModels">Models whose price is not known, and that were used or are configured.</param>
/// <param name="VideoMinutes">Video calls.</param>
/// <param name="VoiceMinutes">Voice calls.</param>
/// <param name="SpeechCharacters">Characters read aloud.</param>
/// <param name="DictationMinutes">Dictations written down by the server.</param>
public sealed record UsageReport(
    DateTimeOffset From,
    DateTimeOffset Until,
    BudgetState State,
    MonthlyUsage Messages,
    MonthlyUsage Tokens,
    long InputTokens,
    long OutputTokens,
    long EstimatedTokens,
    MonthlyUsage ModelSpend,
    IReadOnlyList<string> UnpricedModels,
    MonthlyUsage VideoMinutes,
    MonthlyUsage VoiceMinutes,
    MonthlyUsage SpeechCharacters,
    decimal DictationMinutes);
