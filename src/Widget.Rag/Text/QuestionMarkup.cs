using System.Buffers;
using System.Net;
using System.Text.RegularExpressions;

namespace Widget.Rag.Text;

/// <summary>Removes the markup of Markdown and HTML from a question, so that it is searched by its words alone.</summary>
public static partial class QuestionMarkup
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("*_`~<[#>&");

    /// <summary>Returns the text without tags, emphasis, link targets and code marks; the text itself if nothing else is left.</summary>
    public static string Strip(string text)
    {
        if (!text.AsSpan().ContainsAny(Marks)) return text;
        var plain = Tag().Replace(text, " ");
        plain = Link().Replace(plain, "${text}");
        plain = Fence().Replace(plain, " ");
        plain = LineStart().Replace(plain, "");
        plain = Emphasis().Replace(plain, "");
        plain = Spaces().Replace(WebUtility.HtmlDecode(plain), " ").Trim();
        return plain.Any(char.IsLetterOrDigit) ? plain : text;
    }

    [GeneratedRegex("""<!--.*?-->|</?[a-z][^<>]{0,2000}>""", RegexOptions.IgnoreCase | RegexOptions.Singleline, 1000)]
    private static partial Regex Tag();

    // [text](address "title"), ![text](address), [text][reference].
    [GeneratedRegex(
        """!?\[(?<text>[^\[\]]{1,500})\](?:\([^()\s]{0,2000}(?:\s+["'][^"'\n]{0,200}["'])?\)|\[[^\[\]]{0,100}\])""",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Link();

    [GeneratedRegex("""^[ \t]*(?:```|~~~)[^\n`]*$""", RegexOptions.Multiline, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex("""^[ \t]{0,3}(?:#{1,6}[ \t]+|(?:>[ \t]?)+|[-*+][ \t]+)""", RegexOptions.Multiline, 1000)]
    private static partial Regex LineStart();

    // Marks at the edge of a word. Within a word, as in "part_no", or alone, as in "5 * 4", they are not emphasis.
    [GeneratedRegex(
        """`+|(?<![\p{L}\p{N}*_~])(?:\*{1,3}|_{1,3}|~~)(?=\S)|(?<=[^\s*_~])(?:\*{1,3}|_{1,3}|~~)(?![\p{L}\p{N}*_~])""",
        RegexOptions.None,
        1000)]
    private static partial Regex Emphasis();

    [GeneratedRegex("""\s+""", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
