using System.Globalization;

namespace Widget.Api.Usage;

/// <summary>A model's price for a million tokens, in the operator's currency.</summary>
public sealed record ModelPrice(decimal Input, decimal Output)
{
    private const decimal PerTokens = 1_000_000m;

    public decimal Of(long inputTokens, long outputTokens) => ((inputTokens * Input) + (outputTokens * Output)) / PerTokens;
}

/// <summary>What the operator allows each tenant, and what models cost (WIDGET_BUDGET_…, WIDGET_MODEL_PRICES).</summary>
public sealed record BudgetOptions
{
    /// <summary>Most messages of a tenant a month; null for no ceiling.</summary>
    public long? MonthlyMessages { get; init; }

    /// <summary>Most tokens of a tenant a month; null for no ceiling.</summary>
    public long? MonthlyTokens { get; init; }

    /// <summary>The model that writes answers; null for none.</summary>
    public string? ChatModel { get; init; }

    public IReadOnlyDictionary<string, ModelPrice> Prices { get; init; } = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);

    public bool KnowsPriceOf(string model) => Prices.ContainsKey(model);

    /// <summary>Reads <c>gpt-5-mini=0.25/2, other=1/4</c>: for each model what a million tokens read and written cost.</summary>
    /// <param name="text">The variable.</param>
    /// <param name="wrong">Receives what cannot be read.</param>
    public static IReadOnlyDictionary<string, ModelPrice> ParsePrices(string text, ICollection<string> wrong)
    {
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var end = part.LastIndexOf('=');
            if (end > 0 && part[(end + 1)..].Split('/') is [var read, var written] && Amount(read) is { } input && Amount(written) is { } output)
                prices[part[..end].Trim()] = new ModelPrice(input, output);
            else
                wrong.Add(part);
        }

        return prices;
    }

    private static decimal? Amount(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var amount)
        && amount <= 1_000_000m
            ? amount
            : null;
}
