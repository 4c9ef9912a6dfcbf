using System.Globalization;
using System.Text;

namespace Widget.Api.Offers;

/// <summary>Prepares a message's words for the classifier, so that different spellings are the same word.</summary>
internal static class OfferText
{
    // The article, alone and after "and", "with", "for" and "as".
    private static readonly string[] Articles = ["وال", "بال", "لل", "كال", "فال", "ال"];

    private const int MinArabicWord = 3;

    /// <summary>
    /// The text with Arabic words without vowel signs, in one form of each letter, and without the article. Other words stay as they are.
    /// </summary>
    public static string Prepare(string text)
    {
        var prepared = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var end = i;
            while (end < text.Length && IsArabic(text[end])) end++;
            if (end > i) prepared.Append(WithoutArticle(Plain(text.AsSpan(i, end - i))));
            else prepared.Append(text[end++]);
            i = end;
        }

        return prepared.ToString();
    }

    private static bool IsArabic(char character) => character is >= '\u0621' and <= '\u0652' or '\u0670' or '\u0671';

    private static string Plain(ReadOnlySpan<char> word)
    {
        var plain = new StringBuilder(word.Length);
        foreach (var letter in word)
        {
            if (letter == 'ـ' || char.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark) continue;
            plain.Append(letter switch
            {
                'أ' or 'إ' or 'آ' or '\u0671' => 'ا',
                'ى' or 'ئ' => 'ي',
                'ؤ' => 'و',
                'ة' => 'ه',
                _ => letter,
            });
        }

        return plain.ToString();
    }

    private static string WithoutArticle(string word)
    {
        foreach (var article in Articles)
        {
            if (word.Length >= article.Length + MinArabicWord && word.StartsWith(article, StringComparison.Ordinal))
                return word[article.Length..];
        }

        return word;
    }
}
