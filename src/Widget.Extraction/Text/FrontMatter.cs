using System.Text.RegularExpressions;

namespace Widget.Extraction;

/// <summary>
/// Separates the front matter of a Markdown file from its text: YAML between lines of three hyphens, or TOML between lines of three plus
/// signs. A file may also begin with a horizontal rule, which looks the same, so the lines between are checked to be metadata.
/// </summary>
internal static partial class FrontMatter
{
    /// <summary>Returns the title in the front matter, null when there is none, and the rest of the file.</summary>
    public static (string? Title, string Markdown) Split(string markdown)
    {
        using var reader = new StringReader(markdown);
        var delimiter = reader.ReadLine()?.TrimEnd();
        if (delimiter is not ("---" or "+++")) return (null, markdown);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.TrimEnd() == delimiter || (delimiter == "---" && line.TrimEnd() == "..."))
                return IsMetadata(lines, delimiter) ? (FindTitle(lines), reader.ReadToEnd()) : (null, markdown);
            lines.Add(line);
        }

        return (null, markdown);
    }

    private static bool IsMetadata(List<string> lines, string delimiter)
    {
        if (lines.Count == 0 || string.IsNullOrWhiteSpace(lines[0])) return false;
        if (delimiter == "+++") return lines.Exists(line => TomlEntry().IsMatch(line));
        return lines.Exists(line => YamlEntry().IsMatch(line))
            && lines.TrueForAll(line => line is [] or [' ' or '\t' or '#' or '-' or ']' or '}', ..] || YamlWordsEntry().IsMatch(line));
    }

    private static string? FindTitle(List<string> lines)
    {
        var index = lines.FindIndex(line => TitleEntry().IsMatch(line));
        if (index < 0) return null;
        var value = TitleEntry().Match(lines[index]).Groups["value"].Value.Trim();
        // A block of YAML: the indented lines that follow.
        if (value is "" or [('>' or '|'), ..] && value.Length <= 2)
            value = string.Join(' ', lines.Skip(index + 1).TakeWhile(line => line.StartsWith(' ')).Select(line => line.Trim()));
        var title = HtmlExtractor.CollapseWhiteSpace(Unquote(value));
        return title.Length > 0 ? title : null;
    }

    private static string Unquote(string value) => value switch
    {
        ['"', .. var inner] when inner.LastIndexOf('"') is >= 0 and var end =>
            inner[..end].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal),
        ['\'', .. var inner] when inner.LastIndexOf('\'') is >= 0 and var end => inner[..end].Replace("''", "'", StringComparison.Ordinal),
        _ => value.IndexOf(" #", StringComparison.Ordinal) is >= 0 and var comment ? value[..comment] : value,
    };

    [GeneratedRegex("""^(?:[\p{L}_][\w.-]*|"[^"]+"|'[^']+')\s*:(?:\s|$)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex YamlEntry();

    // A key may consist of several words. The text between two rules may, too, so one other key is required.
    [GeneratedRegex("""^(?:[\p{L}_][\w.-]*(?: [\w.-]+){0,3}|"[^"]+"|'[^']+')\s*:(?:\s|$)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex YamlWordsEntry();

    [GeneratedRegex("""^[\w."'-]+\s*=""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TomlEntry();

    [GeneratedRegex("""^["']?title["']?\s*[:=](?<value>.*)$""", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex TitleEntry();
}
