using Widget.Contracts;

namespace Widget.Api.Usage;

/// <summary>A tenant's usage since the first of the month, by kind and model.</summary>
public sealed record MonthlyUse(IReadOnlyList<UsageSum> Sums)
{
    public long Messages => Of(UsageMeter.Answer).Sum(sum => sum.Count);

    public long InputTokens => Sums.Sum(sum => sum.InputTokens);

    public long OutputTokens => Sums.Sum(sum => sum.OutputTokens);

    public long EstimatedTokens => Sums.Sum(sum => sum.EstimatedTokens);

    public decimal Minutes(string kind) => decimal.Round(Of(kind).Sum(sum => sum.Seconds) / 60m, 1);

    public long Characters(string kind) => Of(kind).Sum(sum => sum.Characters);

    /// <summary>Returns the models that were used and have no price.</summary>
    public IEnumerable<string> Unpriced(BudgetOptions options) =>
        Sums.Where(sum => sum.InputTokens + sum.OutputTokens > 0)
            .Select(sum => sum.Model)
            .Where(model => !options.KnowsPriceOf(model))
            .Distinct(StringComparer.Ordinal);

    /// <summary>Returns the cost of the tokens whose price is known.</summary>
    public decimal Cost(BudgetOptions options) =>
        Sums.Sum(sum => options.Prices.TryGetValue(sum.Model, out var price) ? price.Of(sum.InputTokens, sum.OutputTokens) : 0);

    /// <summary>Returns a copy with more usage added.</summary>
    public MonthlyUse With(UsageSum more) => new([.. Sums, more]);

    private IEnumerable<UsageSum> Of(string kind) => Sums.Where(sum => sum.Kind == kind);
}

/// <summary>Usage of one kind with one model.</summary>
public sealed record UsageSum(
    string Kind,
    string Model,
    long Count,
    long Seconds,
    long Characters,
    long InputTokens,
    long OutputTokens,
    long EstimatedTokens);

/// <summary>A tenant's usage compared with one of its ceilings.</summary>
internal sealed record CeilingStatus(string Name, MonthlyUsage Usage)
{
    public const string Messages = "messages";
    public const string Tokens = "tokens";
    public const string ModelSpend = "model spend";
    public const string VideoMinutes = "video minutes";
    public const string VoiceMinutes = "voice minutes";
    public const string SpeechCharacters = "speech characters";

    private const decimal WarningShare = 0.8m;

    public static IReadOnlyList<CeilingStatus> Of(MonthlyUse use, TenantSettings settings, BudgetOptions options) =>
    [
        At(Messages, use.Messages, Lower(settings.Budget.MonthlyMessages, options.MonthlyMessages)),
        At(Tokens, use.InputTokens + use.OutputTokens, Lower(settings.Budget.MonthlyTokens, options.MonthlyTokens)),
        Spend(use, settings.Budget.MonthlyModelSpend, options),
        At(VideoMinutes, use.Minutes(UsageMeter.Video), settings.TavusMonthlyMinutes),
        At(VoiceMinutes, use.Minutes(UsageMeter.Voice), settings.Voice.MonthlyMinutes),
        At(SpeechCharacters, use.Characters(UsageMeter.Speech), settings.Speech.MonthlyCharacters),
    ];

    /// <summary>Whether the tenant has any ceiling.</summary>
    public static bool HasCeiling(TenantSettings settings, BudgetOptions options) =>
        settings.Budget.MonthlyMessages is not null
            || settings.Budget.MonthlyTokens is not null
            || settings.Budget.MonthlyModelSpend is not null
            || settings.TavusMonthlyMinutes is not null
            || settings.Voice.MonthlyMinutes is not null
            || settings.Speech.MonthlyCharacters is not null
            || options.MonthlyMessages is not null
            || options.MonthlyTokens is not null;

    private static CeilingStatus At(string name, decimal used, decimal? ceiling) =>
        new(name, new MonthlyUsage(used, ceiling, StateOf(used, ceiling)));

    // Without the price of a model, the cost is unknown, not zero.
    private static CeilingStatus Spend(MonthlyUse use, decimal? ceiling, BudgetOptions options)
    {
        var isPriced = !use.Unpriced(options).Any();
        var cost = decimal.Round(use.Cost(options), 4);
        var state = ceiling is null ? BudgetState.Ok
            : isPriced && (options.ChatModel is null || options.KnowsPriceOf(options.ChatModel)) ? StateOf(cost, ceiling)
            : BudgetState.PriceUnknown;
        return new(ModelSpend, new MonthlyUsage(isPriced ? cost : null, ceiling, state));
    }

    private static BudgetState StateOf(decimal used, decimal? ceiling) =>
        ceiling is not { } limit ? BudgetState.Ok
        : used >= limit ? BudgetState.Reached
        : used >= limit * WarningShare ? BudgetState.Warning
        : BudgetState.Ok;

    private static decimal? Lower(decimal? one, decimal? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;
}
