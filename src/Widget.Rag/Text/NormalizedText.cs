using System.Globalization;
using System.Text;

namespace Widget.Rag.Text;

/// <summary>
/// Unifies the encodings and spellings of a text, so that a question finds a text that is written differently. Applied to what is indexed
/// and asked; what is shown stays as written.
/// </summary>
internal static class NormalizedText
{
    private const char NonJoiner = '\u200C';

    /// <summary>
    /// Returns the text with composed accents, ordinary letters instead of full-width and presentation forms, ASCII digits and straight
    /// apostrophes, and without invisible characters. The words stay the same.
    /// </summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var unified = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (char.IsAscii(character)) unified.Append(character);
            else if (LetterForms.Ordinary(character) is { } ordinary) foreach (var part in ordinary) Append(unified, part);
            else if (IsApostrophe(character)) unified.Append('\'');
            else if (char.IsDigit(character)) unified.Append((int)char.GetNumericValue(character));
            else if (character == '\u066B') unified.Append('.'); // Arabic decimal separator
            else if (character == '\u066C') unified.Append(','); // Arabic thousands separator
            else if (character == NonJoiner ? Separates(text, i) : !IsInvisible(character)) Append(unified, character);
        }

        return unified.ToString();
    }

    /// <summary>
    /// Returns normalised text as people type it who leave out accents: without accents on Latin and Greek letters, vowel signs of Arabic
    /// and Hebrew, and with one form of the Arabic letters that are often interchanged (as in Lucene's ArabicNormalizer and
    /// PersianNormalizer).
    /// </summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var folded = new StringBuilder(text.Length);
        var letter = '\0';
        foreach (var character in text)
        {
            if (char.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark)
            {
                if (!IsOptional(character, letter)) folded.Append(character);
                continue;
            }

            letter = HasOptionalMarks(character) ? LetterForms.WithoutMarks(character) : character;
            folded.Append(Plain(letter));
        }

        return folded.ToString();
    }

    private static void Append(StringBuilder unified, char character)
    {
        if (unified.Length > 0 && LetterForms.Compose(unified[^1], character) is { } composed) unified[^1] = composed;
        else unified.Append(character);
    }

    // Soft hyphens, direction marks and others.
    private static bool IsInvisible(char character) => char.GetUnicodeCategory(character) == UnicodeCategory.Format;

    // A zero-width non-joiner separates the parts of a word like a hyphen in Persian, and changes letters in scripts of India. In other
    // scripts it only prevents a ligature ("Auf|lage").
    private static bool Separates(string text, int at) =>
        at > 0 && at + 1 < text.Length && HasNonJoiner(text[at - 1]) && HasNonJoiner(text[at + 1]);

    private static bool HasNonJoiner(char character) => character
        is (>= '\u0600' and <= '\u0DFF') // Arabic, Syriac and the Indic scripts up to Sinhala
        or (>= '\u1000' and <= '\u109F') or (>= '\u1780' and <= '\u17FF') // Myanmar, Khmer
        or (>= '\uFB50' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC'); // Arabic presentation forms

    private static bool IsApostrophe(char character) =>
        character is '\u2018' or '\u2019' or '\u201B' or '\u2032' or '\u02B9' or '\u02BB' or '\u02BC' or '\u00B4';

    // Cyrillic letters with marks are letters of their own, except ё, which is usually written without. So are kana.
    private static bool HasOptionalMarks(char letter) => letter
        is 'ё' or 'Ё' or (>= '\u00C0' and < '\u0400') or (>= '\u0600' and <= '\u06FF') or (>= '\u1E00' and <= '\u1FFF');

    private static bool IsOptional(char mark, char letter) => mark switch
    {
        // Arabic hamza and madda signs and vowel signs, and Hebrew points.
        (>= '\u0610' and <= '\u061A') or (>= '\u064B' and <= '\u065F') or '\u0670' or (>= '\u06D6' and <= '\u06ED') => true,
        >= '\u0591' and <= '\u05C7' => true,
        >= '\u0300' and <= '\u036F' => letter is (< '\u0400') or (>= '\u1E00' and <= '\u1FFF'),
        _ => false,
    };

    private static string Plain(char letter) => letter switch
    {
        '\u0640' => "", // tatweel only stretches a word
        '\u0671' => "ا",
        '\u0649' or '\u06CC' => "ي",
        '\u0629' => "ه",
        '\u06A9' => "ك",
        'ß' or 'ẞ' => "ss",
        'æ' or 'Æ' => "ae",
        'œ' or 'Œ' => "oe",
        'ø' or 'Ø' => "o",
        'đ' or 'Đ' or 'ð' or 'Ð' => "d",
        'þ' or 'Þ' => "th",
        'ł' or 'Ł' => "l",
        'ħ' or 'Ħ' => "h",
        'ı' => "i",
        _ => letter.ToString(),
    };
}
