using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A demo was shown to the visitor.</summary>
public sealed record DemoShown : ConversationEvent
{
    public required ShownDemo Demo { get; init; }

    /// <summary>What the demo was searched for with; null if that is unknown.</summary>
    public string? Query { get; init; }
}

/// <summary>A demo as it was shown.</summary>
/// <param name="Id">The demo.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Url">Address of the video, image, presentation or page.</param>
/// <param name="Start">Start in a video, in seconds; null for its beginning.</param>
/// <param name="End">End in a video, in seconds; null for its end.</param>
/// <param name="Page">The slide, from 1; null for other kinds.</param>
/// <param name="Title">The title.</param>
/// <param name="Description">What it shows; may be empty.</param>
public sealed record ShownDemo(
    Guid Id,
    DemoKindName Kind,
    string Url,
    double? Start,
    double? End,
    int? Page,
    string Title,
    string Description);

/// <summary>Prices were shown to the visitor.</summary>
public sealed record PricesShown : ConversationEvent
{
    public required IReadOnlyList<ShownPrice> Items { get; init; }
}

/// <summary>A price as it was shown.</summary>
/// <param name="Id">The price.</param>
/// <param name="Name">The product or service.</param>
/// <param name="Description">What it contains; may be empty.</param>
/// <param name="Amount">The amount; null if it is on request.</param>
/// <param name="Currency">ISO 4217, such as EUR; null without an amount.</param>
/// <param name="Per">What the amount is for, such as "month"; null for a single payment.</param>
/// <param name="Conditions">Conditions; null for none.</param>
/// <param name="Url">A page with more information; null for none.</param>
public sealed record ShownPrice(
    Guid Id,
    string Name,
    string Description,
    decimal? Amount,
    string? Currency,
    string? Per,
    string? Conditions,
    string? Url);

/// <summary>Shows the visitor a demo or prices.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ShowRequest
{
    /// <summary>Your ID for the request. Sending it again shows nothing more.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    [RegularExpression("(?s)(?!video:|voice:|tool:).*", ErrorMessage = "clientId must not start with video:, voice: or tool:.")]
    [JsonConverter(typeof(IdentifierConverter))]
    public string ClientId { get; init; } = "";

    /// <summary>What to show. Defaults to the visitor's last message.</summary>
    [StringLength(500, ErrorMessage = "query can have at most 500 characters.")]
    public string? Query { get; init; }
}
