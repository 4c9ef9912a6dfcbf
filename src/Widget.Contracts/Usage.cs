using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A tenant's monthly ceilings; null for no ceiling.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BudgetSettings
{
    /// <summary>
    /// Maximum number of visitors' messages. After that, answers quote their sources instead of using a language model, and no calls can
    /// be started.
    /// </summary>
    [Range(0, 1_000_000_000, ErrorMessage = "budget.monthlyMessages must be between 0 and 1,000,000,000.")]
    public int? MonthlyMessages { get; init; }

    /// <summary>Maximum number of input and output tokens of language models. After that, answers quote their sources.</summary>
    [Range(0, 1_000_000_000_000, ErrorMessage = "budget.monthlyTokens must be between 0 and 1,000,000,000,000.")]
    public long? MonthlyTokens { get; init; }

    /// <summary>
    /// Maximum cost of these tokens, in the currency of the installation's prices. After that, answers quote their sources.
    /// </summary>
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

    /// <summary>There is a ceiling on spend, but the price of a model is unknown. Counts as reached.</summary>
    [JsonStringEnumMemberName("price_unknown")]
    PriceUnknown,
}

/// <summary>This month's usage of one resource.</summary>
/// <param name="Used">The amount used; null if the cost is unknown, because a model has no price.</param>
/// <param name="Ceiling">The maximum amount; null for no ceiling.</param>
/// <param name="State">How near the ceiling is.</param>
public sealed record MonthlyUsage(decimal? Used, decimal? Ceiling, BudgetState State);

/// <summary>A tenant's usage since the first of the month, UTC.</summary>
/// <param name="From">The first of the month.</param>
/// <param name="Until">The first of the next month, when usage is reset.</param>
/// <param name="State">The worst state of all ceilings.</param>
/// <param name="Messages">Visitors' messages that were answered.</param>
/// <param name="Tokens">Tokens of language models, in text and voice.</param>
/// <param name="InputTokens">Of these, input tokens.</param>
/// <param name="OutputTokens">Of these, output tokens.</param>
/// <param name="EstimatedTokens">Of these, estimated tokens, because the provider did not report usage.</param>
/// <param name="ModelSpend">Cost of these tokens.</param>
/// <param name="UnpricedModels">Used or configured models without a known price.</param>
/// <param name="VideoMinutes">Minutes of video calls.</param>
/// <param name="VoiceMinutes">Minutes of voice calls.</param>
/// <param name="SpeechCharacters">Characters read aloud.</param>
/// <param name="DictationMinutes">Minutes of dictation transcribed by the server.</param>
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
