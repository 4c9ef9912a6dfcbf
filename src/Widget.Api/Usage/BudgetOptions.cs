using System.Globalization;
using Widget.Api.Configuration;

namespace Widget.Api.Usage;

/// <summary>A model's prices for a million input and a million output tokens, in the operator's currency.</summary>
public sealed record ModelPrice(decimal Input, decimal Output)
{
    private const decimal PerTokens = 1_000_000m;

    public decimal Of(long inputTokens, long outputTokens) => ((inputTokens * Input) + (outputTokens * Output)) / PerTokens;
}

/// <summary>
/// Each tenant's monthly ceilings and the prices of models and services (WIDGET_BUDGET_…, WIDGET_MODEL_PRICES, WIDGET_SERVICE_PRICES).
/// </summary>
public sealed record BudgetOptions
{
    /// <summary>Maximum number of a tenant's messages per month. Null for no ceiling.</summary>
    public long? MonthlyMessages { get; init; }

    /// <summary>Maximum number of a tenant's tokens per month. Null for no ceiling.</summary>
    public long? MonthlyTokens { get; init; }

    /// <summary>The model that writes answers of tenants without their own. Null if there is none.</summary>
    public string? ChatModel { get; init; }

    /// <summary>Prices by model.</summary>
    public IReadOnlyDictionary<string, ModelPrice> Prices { get; init; } = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);

    /// <summary>Prices of services that count time or characters.</summary>
    public ServicePrices Services { get; init; } = new();

    public bool KnowsPriceOf(string model) => Prices.ContainsKey(model);

    /// <summary>Returns the cost of a usage, as far as its prices are known. Null if none of them is.</summary>
    public decimal? CostOf(UsageSum sum)
    {
        var tokens = Prices.TryGetValue(sum.Model, out var price) ? price.Of(sum.InputTokens, sum.OutputTokens) : (decimal?)null;
        var service = Services.Of(sum);
        return tokens is null ? service : tokens + (service ?? 0);
    }

    internal static BudgetOptions Read(Variables variables) => new()
    {
        MonthlyMessages = ReadNumber(variables, "WIDGET_BUDGET_MESSAGES"),
        MonthlyTokens = ReadNumber(variables, "WIDGET_BUDGET_TOKENS"),
        Prices = ReadPrices(variables),
        Services = ServicePrices.Read(variables),
    };

    private static long? ReadNumber(Variables variables, string name)
    {
        if (variables.Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        variables.Errors.Add($"{name} is \"{text}\". It must be a whole number.");
        return null;
    }

    // The form is gpt-5-mini=0.25/2, other=1/4: for each model the price of a million input tokens and of a million output tokens.
    private static Dictionary<string, ModelPrice> ReadPrices(Variables variables)
    {
        const string Name = "WIDGET_MODEL_PRICES";
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        foreach (var part in variables.List(Name))
        {
            var end = part.LastIndexOf('=');
            if (end > 0
                && part[(end + 1)..].Split('/') is [var inputText, var outputText]
                && ServicePrices.ParseAmount(inputText) is { } input
                && ServicePrices.ParseAmount(outputText) is { } output)
            {
                prices[part[..end].Trim()] = new ModelPrice(input, output);
            }
            else
            {
                variables.Errors.Add(
                    $"{Name} contains \"{part}\". Write the prices of a million input and output tokens, such as gpt-5-mini=0.25/2.");
            }
        }

        return prices;
    }
}
