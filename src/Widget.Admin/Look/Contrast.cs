using System.Globalization;

namespace Widget.Admin.Look;

/// <summary>Contrast of colors: relative luminance and contrast ratio of WCAG 2.2.</summary>
public static class Contrast
{
    /// <summary>The least contrast of a button with the page, by WCAG 2.2, 1.4.11.</summary>
    public const double Enough = 3;

    /// <param name="color">As <c>#rrggbb</c>.</param>
    /// <returns>The contrast with white, from 1 to 21. Null if the text is no color.</returns>
    public static double? WithWhite(string color) =>
        color.Length == 7 && int.TryParse(color.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value)
            ? 1.05 / (Luminance(value) + 0.05)
            : null;

    private static double Luminance(int color) =>
        (0.2126 * Share(color >> 16)) + (0.7152 * Share((color >> 8) & 255)) + (0.0722 * Share(color & 255));

    private static double Share(int channel)
    {
        var share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
    }
}
