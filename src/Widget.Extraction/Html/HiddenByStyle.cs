using System.Globalization;
using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>
/// Removes text that a page hides by a style attribute: not displayed, transparent, of size zero, outside of the screen, or in the colour
/// of its background. Style sheets are not read. Panels of accordions and tabs are opened before (<see cref="Disclosures"/>).
/// </summary>
internal static class HiddenByStyle
{
    // Content that a script fades in when a visitor scrolls to it is hidden until then.
    private static readonly string[] AnimationNames = ["wow", "aos", "animate", "animated", "reveal", "fade", "scroll"];

    private static readonly Dictionary<string, string> ColorNames = new(StringComparer.Ordinal)
    {
        ["white"] = "ffffff",
        ["black"] = "000000",
        ["red"] = "ff0000",
        ["gray"] = "808080",
        ["grey"] = "808080",
        ["silver"] = "c0c0c0",
        ["whitesmoke"] = "f5f5f5",
        ["yellow"] = "ffff00",
        ["blue"] = "0000ff",
        ["green"] = "008000",
    };

    /// <summary>Removes the hidden elements of a page.</summary>
    public static void Remove(IElement body)
    {
        var words = new Lazy<int>(() => MainContent.Words(body));
        foreach (var element in body.QuerySelectorAll("[style]").ToList())
            if (element.Parent is not null && IsHidden(element) && !IsPage(element, words)) element.Remove();
    }

    /// <summary>Whether an element is not displayed because of its own style attribute.</summary>
    public static bool IsNotDisplayed(IElement element) => Declarations(element).GetValueOrDefault("display") == "none";

    /// <summary>Whether an element has no height because of its own style attribute.</summary>
    public static bool IsCollapsed(IElement element)
    {
        var style = Declarations(element);
        return style.GetValueOrDefault("overflow") is "hidden" or "clip"
            && (IsZero(style.GetValueOrDefault("height")) || IsZero(style.GetValueOrDefault("max-height")));
    }

    // Preloaders and animations hide the whole page until a script shows it.
    private static bool IsPage(IElement element, Lazy<int> words)
    {
        if (element.LocalName == "main" || element.QuerySelector("main") is not null) return true;
        var style = Declarations(element);
        if (style.GetValueOrDefault("visibility") is not "hidden" && !IsZero(style.GetValueOrDefault("opacity"))) return false;
        if (style.GetValueOrDefault("display") == "none") return false;
        if (element.LocalName == "h1" || element.QuerySelector("h1") is not null) return true;
        return MainContent.Words(element) > words.Value / 2;
    }

    private static bool IsHidden(IElement element)
    {
        var style = Declarations(element);
        if (style.GetValueOrDefault("display") == "none") return true;
        if (style.GetValueOrDefault("visibility") is "hidden" or "collapse") return !IsAnimated(element, style);
        if (IsZero(style.GetValueOrDefault("opacity"))) return !IsAnimated(element, style);
        // Some layouts set the size to zero to close the gaps between elements that have their own size.
        if (IsZero(style.GetValueOrDefault("font-size"))) return element.QuerySelector("[style], [class]") is null;
        if (style.GetValueOrDefault("overflow") is "hidden" or "clip"
            && (IsZero(style.GetValueOrDefault("width")) || IsZero(style.GetValueOrDefault("height"))
                || IsZero(style.GetValueOrDefault("max-height")) || IsZero(style.GetValueOrDefault("max-width"))))
            return true;
        if (style.GetValueOrDefault("position") is "absolute" or "fixed"
            && (IsFarOutside(style.GetValueOrDefault("left")) || IsFarOutside(style.GetValueOrDefault("top"))))
            return true;
        return HasColorOfBackground(element, style);
    }

    private static bool HasColorOfBackground(IElement element, Dictionary<string, string> style)
    {
        if (Color(style.GetValueOrDefault("color")) is not { } color) return false;
        if (color == "transparent") return !style.ContainsKey("background-clip") && !style.ContainsKey("-webkit-background-clip");
        for (var ancestor = element; ancestor is not null; ancestor = ancestor.ParentElement)
        {
            var declared = ancestor == element ? style : Declarations(ancestor);
            if (declared.ContainsKey("background-image")) return false;
            if ((declared.GetValueOrDefault("background-color") ?? declared.GetValueOrDefault("background")) is { } background)
                return Color(background) == color;
        }

        return false;
    }

    private static bool IsAnimated(IElement element, Dictionary<string, string> style) =>
        style.Keys.Any(name => name.Contains("transform", StringComparison.Ordinal)
            || name.StartsWith("transition", StringComparison.Ordinal)
            || name.StartsWith("animation", StringComparison.Ordinal))
        || element.Attributes.Any(
            attribute => attribute.Name is "data-w-id" || attribute.Name.StartsWith("data-a", StringComparison.Ordinal))
        || (element.ClassName ?? "").ToLowerInvariant().Split([' ', '-', '_']).Any(AnimationNames.Contains);

    private static Dictionary<string, string> Declarations(IElement element)
    {
        var declarations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var declaration in (element.GetAttribute("style") ?? "").ToLowerInvariant().Split(';'))
        {
            if (declaration.IndexOf(':') is not (> 0 and var colon)) continue;
            var value = declaration[(colon + 1)..].Replace("!important", "", StringComparison.Ordinal).Trim();
            declarations[declaration[..colon].Trim()] = value;
        }

        return declarations;
    }

    private static bool IsZero(string? size) => Number(size) == 0;

    private static bool IsFarOutside(string? place) => Number(place) <= -999;

    private static double? Number(string? size) =>
        size is not null
            && double.TryParse(
                size.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz%"),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out var number)
            ? number
            : null;

    // As six hexadecimal digits; null for notations that are not compared.
    private static string? Color(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        if (text == "transparent") return text;
        if (ColorNames.TryGetValue(text, out var named)) return named;
        if (text is ['#', _, _, _]) return string.Create(6, text, (digits, color) =>
        {
            for (var i = 0; i < 6; i++) digits[i] = color[1 + (i / 2)];
        });
        if (text is ['#', .. { Length: 6 } hex]) return hex;
        if (!text.StartsWith("rgb", StringComparison.Ordinal) || text.IndexOf('(') is not (> 0 and var open)) return null;
        var parts = text[(open + 1)..].TrimEnd(')').Split([',', ' ', '/'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3 || !parts.Take(3).All(part => byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return null;
        if (parts.Length > 3 && IsZero(parts[3])) return "transparent";
        return string.Concat(
            parts.Take(3).Select(part => byte.Parse(part, CultureInfo.InvariantCulture).ToString("x2", CultureInfo.InvariantCulture)));
    }
}
