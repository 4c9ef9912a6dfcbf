using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A price that the assistant may tell visitors.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PriceRequest
{
    /// <summary>The product or service.</summary>
    [VisibleText(ErrorMessage = "The name is empty.")]
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string Name { get; init; } = "";

    /// <summary>What it contains.</summary>
    [StringLength(2_000, ErrorMessage = "description can have at most 2,000 characters.")]
    public string? Description { get; init; }

    /// <summary>The amount, at most two decimal places. Omit it if the price is on request.</summary>
    [Range(
        typeof(decimal),
        "0",
        "9999999999.99",
        ErrorMessage = "amount must be between 0 and 9,999,999,999.99.",
        ParseLimitsInInvariantCulture = true)]
    public decimal? Amount { get; init; }

    /// <summary>ISO 4217, such as EUR. Required with an amount.</summary>
    [RegularExpression("[A-Z]{3}", ErrorMessage = "currency must be a code of three capital letters, such as EUR.")]
    public string? Currency { get; init; }

    /// <summary>What the amount is for, such as "month" or "user and month". Omit it for a single payment.</summary>
    [StringLength(100, ErrorMessage = "per can have at most 100 characters.")]
    public string? Per { get; init; }

    /// <summary>Conditions, such as a minimum term.</summary>
    [StringLength(1_000, ErrorMessage = "conditions can have at most 1,000 characters.")]
    public string? Conditions { get; init; }

    /// <summary>Address of a page with more information.</summary>
    [StringLength(2_000)]
    public string? Url { get; init; }

    /// <summary>Language, ISO 639-1. A price without a language is for visitors of all languages.</summary>
    public string? Language { get; init; }

    /// <summary>Other words for the product, by which it is found.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>A stored price.</summary>
public sealed record PriceDetail
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>Null if the price is on request.</summary>
    public decimal? Amount { get; init; }

    public string? Currency { get; init; }

    public string? Per { get; init; }

    public string? Conditions { get; init; }

    public string? Url { get; init; }

    public string? Language { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The tenant's prices.</summary>
/// <param name="Prices">The prices, by name.</param>
public sealed record PriceList(IReadOnlyList<PriceDetail> Prices);
