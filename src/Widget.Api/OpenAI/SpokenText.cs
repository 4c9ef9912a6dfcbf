using System.Text;
using System.Text.RegularExpressions;
using Widget.Api.Answers;

namespace Widget.Api.OpenAI;

/// <summary>
/// Makes a verified answer readable aloud while it streams: without citations, emphasis, code marks, headings, bullets and the addresses of
/// links. Its input is the output of <see cref="VerifiedText"/>, where each citation and link is in one piece.
/// </summary>
internal sealed partial class SpokenText
{
    private string _pending = "";
    private bool _atLineStart = true;
    private bool _hasText;

    /// <summary>Takes the next piece; returns what can be said now, which may be nothing.</summary>
    public string Append(string piece) => Advance(_pending + Link().Replace(CitationNumbers.Strip(piece), "${label}"), final: false);

    /// <summary>Ends the text; returns the rest.</summary>
    public string Complete() => Advance(_pending, final: true);

    /// <summary>Converts a whole text at once.</summary>
    public static string Of(string text)
    {
        var spoken = new SpokenText();
        // Remove the line under a table's head, and the bars between its cells.
        var plain = Cells().Replace(TableRule().Replace(text, ""), ", ");
        return (spoken.Append(plain) + spoken.Complete()).Trim();
    }

    private string Advance(string text, bool final)
    {
        var output = new StringBuilder();
        var at = 0;
        while (at < text.Length)
        {
            if (_atLineStart)
            {
                // A mark at the start of a line may not have arrived completely: "- ", "### ", "> ".
                var end = at;
                while (end < text.Length && "#->*+ ".Contains(text[end], StringComparison.Ordinal)) end++;
                if (end == text.Length && !final) break;
                var mark = Mark().Match(text[at..end]);
                at += mark.Length;
                _atLineStart = false;
                continue;
            }

            var letter = text[at];
            var next = at + 1 < text.Length ? text[at + 1] : final ? '\n' : '\0';
            if (letter is '*' or '\\' && next == '\0') break;
            at++;
            // A star between spaces is a multiplication.
            if (letter == '`' || (letter == '*' && !(next == ' ' && Last(output) == ' '))) continue;
            if (letter == '\\' && char.IsAsciiLetterOrDigit(next) == false && next is > ' ' and < (char)127)
            {
                output.Append(next);
                at++;
                continue;
            }

            output.Append(letter);
            _atLineStart = letter == '\n';
        }

        _pending = text[at..];
        // The first words have no space before them.
        var spoken = _hasText ? output.ToString() : output.ToString().TrimStart();
        _hasText |= spoken.Length > 0;
        if (spoken.Length > 0) _lastSpoken = spoken[^1];
        return spoken;
    }

    private char _lastSpoken = ' ';

    private char Last(StringBuilder output) => output.Length > 0 ? output[^1] : _lastSpoken;

    [GeneratedRegex(@"!?\[(?<label>[^\[\]]*)\]\([^()\s]*\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^ *(#{1,6} +|[-*+] +|> *)*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mark();

    [GeneratedRegex(@"^(?>[ |:]*)-(?>[ :-]*)\|(?>[ |:-]*)\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableRule();

    [GeneratedRegex(@" \| ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Cells();
}
