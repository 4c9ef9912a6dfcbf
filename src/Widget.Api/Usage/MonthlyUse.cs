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

    /// <summary>Models without a price that were used.</summary>
    public IEnumerable<string> Unpriced(BudgetOptions options) =>
        Sums.Where(sum => sum.InputTokens + sum.OutputTokens > 0)
            .Select(sum => sum.Model)
            .Where(model => !options.KnowsPriceOf(model))
            .Distinct(StringComparer.Ordinal);

    /// <summary>The cost of the tokens whose price is known.</summary>
    public decimal Cost(BudgetOptions options) =>
        Sums.Sum(sum => options.Prices.TryGetValue(sum.Model, out var price) ? price.Of(sum.InputTokens, sum.OutputTokens) : 0);

    /// <summary>A copy with further usage added.</summary>
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
internal sealed record Standing(string Name, MonthlyUsage Usage)
{
    public const string Messages = "messages";
    public const string Tokens = "tokens";
    public const string ModelSpend = "model spend";
    public const string VideoMinutes = "video minutes";
    public const string VoiceMinutes = "voice minutes";
    public const string SpeechCharacters = "speech characters";

    private const decimal WarnAt = 0.8m;

    public static IReadOnlyList<Standing> Of(MonthlyUse use, TenantSettings settings, BudgetOptions options) =>
    [
        At(Messages, use.Messages, Least(settings.Budget.MonthlyMessages, options.MonthlyMessages)),
        At(Tokens, use.InputTokens + use.OutputTokens, Least(settings.Budget.MonthlyTokens, options.MonthlyTokens)),
        Spend(use, settings.Budget.MonthlyModelSpend, options),
        At(VideoMinutes, use.Minutes(UsageMeter.Video), settings.TavusMonthlyMinutes),
        At(VoiceMinutes, use.Minutes(UsageMeter.Voice), settings.Voice.MonthlyMinutes),
        At(SpeechCharacters, use.Characters(UsageMeter.Speech), settings.Speech.MonthlyCharacters),
    ];

    /// <summary>Whether there is a ceiling.</summary>
    public static bool Any(TenantSettings settings, BudgetOptions options) =>
        settings.Budget.MonthlyMessages is not null
            || settings.Budget.MonthlyTokens is not null
            || settings.Budget.MonthlyModelSpend is not null
            || settings.TavusMonthlyMinutes is not null
            || settings.Voice.MonthlyMinutes is not null
            || settings.Speech.MonthlyCharacters is not null
            || options.MonthlyMessages is not null
            || options.MonthlyTokens is not null;

    private static Standing At(string name, decimal used, decimal? ceiling) =>
        new(name, new MonthlyUsage(used, ceiling, StateOf(used, ceiling)));

    // An unknown price is not zero.
    private static Standing Spend(MonthlyUse use, decimal? ceiling, BudgetOptions options)
    {
        var known = !use.Unpriced(options).Any();
        var cost = decimal.Round(use.Cost(options), 4);
        var state = ceiling is null ? BudgetState.Ok
            : known && (options.ChatModel is null || options.KnowsPriceOf(options.ChatModel)) ? StateOf(cost, ceiling)
            : BudgetState.PriceUnknown;
        return new(ModelSpend, new MonthlyUsage(known ? cost : null, ceiling, state));
    }

    private static BudgetState StateOf(decimal used, decimal? ceiling) =>
        ceiling is not { } most ? BudgetState.Ok
        : used >= most ? BudgetState.Reached
        : used >= most * WarnAt ? BudgetState.Warning
        : BudgetState.Ok;

    private static decimal? Least(decimal? one, decimal? other) => one is { } a && other is { } b ? Math.Min(a, b) : one ?? other;
}
