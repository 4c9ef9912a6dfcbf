using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<WidgetPosition>))]
public enum WidgetPosition
{
    [JsonStringEnumMemberName("right")]
    Right,

    [JsonStringEnumMemberName("left")]
    Left,
}

[JsonConverter(typeof(StrictEnumConverter<ColorScheme>))]
public enum ColorScheme
{
    /// <summary>The visitor's preference.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    [JsonStringEnumMemberName("light")]
    Light,

    [JsonStringEnumMemberName("dark")]
    Dark,
}

/// <summary>The widget's appearance.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ThemeSettings
{
    /// <summary>The brand colour, as <c>#rrggbb</c>. Text on it is black or white, whichever is more readable.</summary>
    [Required, RegularExpression("#[0-9a-fA-F]{6}", ErrorMessage = "color must be written as #rrggbb.")]
    public string Color { get; init; } = "#2f5bea";

    /// <summary>The corner of the launcher.</summary>
    public WidgetPosition Position { get; init; } = WidgetPosition.Right;

    /// <summary>Light, dark, or the visitor's preference.</summary>
    public ColorScheme Scheme { get; init; } = ColorScheme.Auto;

    /// <summary>Web address of the company's logo.</summary>
    [StringLength(500), WebAddress]
    public string? LogoUrl { get; init; }

    /// <summary>Web address of the assistant's picture. Without it, the widget shows a drawn portrait.</summary>
    [StringLength(500), WebAddress]
    public string? PortraitUrl { get; init; }
}

/// <summary>What a page needs to draw the launcher before a visitor opens the widget.</summary>
/// <param name="Color">The brand colour, as <c>#rrggbb</c>.</param>
/// <param name="Position">The corner of the launcher.</param>
/// <param name="Scheme">Light, dark, or the visitor's preference.</param>
/// <param name="LogoUrl">Web address of the company's logo.</param>
/// <param name="Triggers">Proactive messages; null if there are none.</param>
public sealed record WidgetAppearance(
    string Color,
    WidgetPosition Position,
    ColorScheme Scheme,
    string? LogoUrl,
    IReadOnlyList<WidgetTrigger>? Triggers);

/// <summary>The web sites that may embed the tenant's widget.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AllowedOrigins
{
    /// <summary>
    /// Origins as a browser sends them: scheme, host and, if not the default, port, without a path. At most 50. If the list is empty, the
    /// widget works only on its hosted page. The list is required, so that a misspelt field name does not clear it.
    /// </summary>
    /// <example>["https://www.example.com", "http://localhost:8000"]</example>
    [Required, MaxLength(50)]
    public IReadOnlyList<string> Origins { get; init; } = null!;
}
