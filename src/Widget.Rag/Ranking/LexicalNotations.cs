using System.Buffers;
using System.Text.RegularExpressions;
using Widget.Rag.Text;

namespace Widget.Rag.Ranking;

/// <summary>
/// Notations of numbers, units and codes, so that a question finds a text that writes them in another way: "minus 20 degrees" and
/// "−20 °C", "25 kmh" and "25 km/h", "E503" and "E 503", "5 %" and "5 percent".
/// </summary>
internal static partial class LexicalNotations
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly SearchValues<char> Marks = SearchValues.Create("0123456789%€$£°℃℉+#");

    /// <summary>
    /// Replaces signs that are not letters by words, names of programming languages that end in signs by their usual names, and separates
    /// numbers from attached units.
    /// </summary>
    public static string Spell(string text) =>
        text.AsSpan().ContainsAny(Marks) || text.Contains(".net", StringComparison.OrdinalIgnoreCase)
            ? Notation().Replace(text, Spelled)
            : text;

    private static string Spelled(Match match)
    {
        if (match.Groups["unit"] is { Success: true, Value: var unit })
            return Units.IsAttached(unit) ? $"{match.Groups["number"].ValueSpan} {unit}" : match.Value;
        if (match.Groups["language"].Success)
            return match.ValueSpan[^1] == '+' ? "cplusplus" : match.ValueSpan[0] is 'C' or 'c' ? "csharp" : "fsharp";
        if (match.Groups["half"] is { Success: true, ValueSpan: var half }) return half[0] is 'a' or 'A' ? " am" : " pm";
        return match.ValueSpan[0] switch
        {
            '.' => " dotnet ",
            '-' or '\u2212' or '\u2013' => $" {Units.Minus} ",
            '°' or '℃' or '℉' => $" {Units.Degree} ",
            '%' => $" {Units.Percent} ",
            '€' => $" {Units.Euro} ",
            '$' => $" {Units.Dollar} ",
            '£' => $" {Units.Pound} ",
            'm' or 'M' => $" {Units.SquareMeter} ",
            // A space within a number, as in "1 111".
            _ => "",
        };
    }

    /// <summary>
    /// Returns prepared words with the sign of their unit in place of each unit, and numbers without zeros at their end. Each word keeps
    /// its place, so that all spellings count as one word of a question.
    /// </summary>
    public static string Sign(string words) => string.Join(' ', SignedWords(words.Split(' ')));

    /// <summary>Returns the other notations in a text, which are indexed beside its words.</summary>
    /// <param name="text">The normalised text.</param>
    /// <param name="words">Its prepared words.</param>
    public static IEnumerable<string> Others(string text, string[] words)
    {
        var signed = SignedWords(words);
        for (var i = 0; i < words.Length; i++)
        {
            if (signed[i] != words[i]) yield return signed[i];
            if (words[i] is "cplusplus" or "csharp") yield return "c";
            else if (words[i] == "dotnet") yield return "net";
            // The distance and the time of a speed are also indexed by themselves.
            else if (signed[i] == Units.KilometersPerHour && Units.Of(words[i], afterNumber: true) is { } part && part != signed[i])
                yield return part;
        }

        foreach (Match code in SpacedCode().Matches(text))
        {
            var parts = code.Value.Split(' ');
            yield return parts[0] + parts[1];
            if (parts.Length > 2) yield return string.Concat(parts);
        }

        foreach (Match code in ShortCode().Matches(text))
        {
            yield return code.Groups["letter"].Value;
            yield return code.Groups["number"].Value;
        }
    }

    /// <summary>
    /// Returns the terms without signs that occur nowhere in the knowledge. Otherwise a question with "%" would seem to be about something
    /// else than a text that names the number alone.
    /// </summary>
    public static List<QuestionTerm> WithoutUnknownSigns(List<QuestionTerm> terms) =>
        terms.FindAll(term => term.ChunkCount > 0 || !term.Lexeme.StartsWith(Units.Mark, StringComparison.Ordinal));

    private static string[] SignedWords(string[] words)
    {
        var signed = new string[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            var afterNumber = i > 0 && IsNumber(words[i - 1]);
            signed[i] = words[i] switch
            {
                "" => "",
                _ when IsNumber(words[i]) => WithoutZeros(words[i]),
                "minus" or "Minus" or "negative" or "menos" or "moins" when i + 1 < words.Length && IsNumber(words[i + 1]) => Units.Minus,
                "per" or "pour" when i + 1 < words.Length && words[i + 1] is "cent" => Units.Percent,
                "cent" when i > 0 && words[i - 1] is "per" or "pour" => Units.Percent,
                var word => Units.Of(word, afterNumber) ?? Units.Ordinal(word) ?? word,
            };
            SignSpeed(words, signed, i, afterNumber);
        }

        return signed;
    }

    // "km h" comes from "km/h". In "kilometers per hour", each word stands for the whole.
    private static void SignSpeed(string[] words, string[] signed, int i, bool afterNumber)
    {
        if (!afterNumber && signed[i] != Units.KilometersPerHour && i > 0 && signed[i - 1] == Units.KilometersPerHour
            && words[i] is "h" or "per" or "pro" or "por" or "par" or "hour" or "Stunde" or "hora" or "heure")
        {
            signed[i] = Units.KilometersPerHour;
        }

        if (!afterNumber || i + 1 >= words.Length) return;
        var time = words[i + 1] is "per" or "pro" or "por" or "par" && i + 2 < words.Length ? words[i + 2] : words[i + 1];
        if (Units.IsSpeed(signed[i], Units.Of(time, afterNumber: true))) signed[i] = Units.KilometersPerHour;
    }

    private static bool IsNumber(string word) =>
        word.Length > 0 && char.IsAsciiDigit(word[0]) && !word.AsSpan().ContainsAnyExcept(NumberCharacters);

    private static string WithoutZeros(string number)
    {
        var point = number.IndexOf('.');
        return point > 0 && point == number.LastIndexOf('.') ? number.TrimEnd('0').TrimEnd('.') : number;
    }

    [GeneratedRegex(
        """
          (?<![\p{L}\p{N}])(?<language>C\+\+|[CF]\#)(?![\p{L}\p{N}])
        | (?<![\p{L}\p{N}.])\.NET(?![\p{L}\p{N}])
        | (?<=(?<!\d)\d{1,3}(?:[\u00A0\u202F\u2009]\d{3})*)[\u00A0\u202F\u2009](?=\d{3}(?!\d))
        | (?<=\d)\s?(?<half>[ap])\.\s?m\.
        | (?<![\p{L}\d])(?<number>\d+)(?<unit>\p{L}{1,16})(?![\p{L}\d])
        | (?<=^|[\s(])[-\u2212\u2013](?=\d)
        | °\s?[CF]?(?!\p{L}) | [℃℉]
        | (?<!\p{L})m²
        | [%€$£]
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase,
        // Linear, but a text of a million characters takes a second on a busy machine.
        20_000)]
    private static partial Regex Notation();

    // "AB 1234 X" is also written as "AB1234X".
    [GeneratedRegex("""(?<![\p{L}\p{N}])[A-Z]{1,4} \d{2,6}( [A-Z]{1,2})?(?![\p{L}\p{N}])""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SpacedCode();

    // "E503" is also written as "E 503".
    [GeneratedRegex("""(?<![\p{L}\p{N}])(?<letter>[A-Za-z])(?<number>\d{2,6})(?![\p{L}\p{N}])""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ShortCode();
}
