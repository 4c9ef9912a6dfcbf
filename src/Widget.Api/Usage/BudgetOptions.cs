using System.Globalization;
using Widget.Api.Configuration;

namespace Widget.Api.Usage;

/// <summary>A model's price for a million tokens, in the operator's currency.</summary>
public sealed record ModelPrice(decimal Input, decimal Output)
{
    private const decimal PerTokens = 1_000_000m;

    public decimal Of(long inputTokens, long outputTokens) => ((inputTokens * Input) + (outputTokens * Output)) / PerTokens;
}

/// <summary>Each tenant's monthly ceilings and the prices of models (WIDGET_BUDGET_…, WIDGET_MODEL_PRICES).</summary>
public sealed record BudgetOptions
{
    /// <summary>A tenant's messages a month; null for no ceiling.</summary>
    public long? MonthlyMessages { get; init; }

    /// <summary>A tenant's tokens a month; null for no ceiling.</summary>
    public long? MonthlyTokens { get; init; }

    /// <summary>The model that writes answers; null for none.</summary>
    public string? ChatModel { get; init; }

    public IReadOnlyDictionary<string, ModelPrice> Prices { get; init; } = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);

    public bool KnowsPriceOf(string model) => Prices.ContainsKey(model);

    internal static BudgetOptions Read(Variables variables) => new()
    {
        MonthlyMessages = ReadNumber(variables, "WIDGET_BUDGET_MESSAGES"),
        MonthlyTokens = ReadNumber(variables, "WIDGET_BUDGET_TOKENS"),
        Prices = ReadPrices(variables),
    };

    private static long? ReadNumber(Variables variables, string name)
    {
        if (variables.Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        variables.Errors.Add($"{name} is \"{text}\". It must be a whole number.");
        return null;
    }

    // gpt-5-mini=0.25/2, other=1/4: for each model the price of a million tokens read and of a million tokens written.
    private static Dictionary<string, ModelPrice> ReadPrices(Variables variables)
    {
        const string Name = "WIDGET_MODEL_PRICES";
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        foreach (var part in variables.List(Name))
        {
            var end = part.LastIndexOf('=');
            if (end > 0
                && part[(end + 1)..].Split('/') is [var read, var written]
                && Amount(read) is { } input
                && Amount(written) is { } output)
            {
                prices[part[..end].Trim()] = new ModelPrice(input, output);
            }
            else
            {
                variables.Errors.Add(
                    $"{Name} contains \"{part}\". Write the price of a million tokens read and written, as gpt-5-mini=0.25/2.");
            }
        }

        return prices;
    }

    private static decimal? Amount(string text) =>
        decimal.TryParse(
            text,
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var amount)
        && amount <= 1_000_000m
            ? amount
            : null;
}
