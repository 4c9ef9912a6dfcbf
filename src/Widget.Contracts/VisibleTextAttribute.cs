using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace Widget.Contracts;

/// <summary>
/// Requires a text with at least one visible character. Zero-width characters, direction marks and other invisible characters are no text.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VisibleTextAttribute : RequiredAttribute
{
    public override bool IsValid(object? value) => value is string text && text.EnumerateRunes().Any(IsVisible);

    private static bool IsVisible(Rune rune) => !Rune.IsWhiteSpace(rune) && rune.Value switch
    {
        // The combining grapheme joiner, the fillers of Hangul and Khmer, variation selectors, and the empty Braille pattern.
        0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 => false,
        (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) => false,
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned),
    };
}
