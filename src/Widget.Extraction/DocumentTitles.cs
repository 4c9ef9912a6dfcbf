using System.Text.RegularExpressions;

namespace Widget.Extraction;

/// <summary>
/// Recognises titles that say nothing about a document: names that programs give to new files, and names of files. Programs store them in a
/// document's properties unless somebody enters a title.
/// </summary>
public static partial class DocumentTitles
{
    /// <summary>Returns the title in one line; null when it says nothing about the document.</summary>
    public static string? Usable(string? title)
    {
        if (title is null) return null;
        var line = HtmlExtractor.CollapseWhiteSpace(VisibleText.Line(title));
        return line.Any(char.IsLetter) && !DefaultTitle().IsMatch(line) && !FileName().IsMatch(line) ? line : null;
    }

    [GeneratedRegex(
        """
        ^[(\[<]?(?:
          (?:untitled|unnamed|unbenannt|ohne\ titel|sans\ (?:titre|nom)|sin\ t[ií]tulo|senza\ (?:titolo|nome)|sem\ t[ií]tulo|no\ title)
           \b.{0,20}
          |(?:new\ |neues?\ |nouveau\ |nuevo\ |nuovo\ |novo\ )?
           (?:documento?|dokument|doc|presentation|präsentation|présentation|presentaci[oó]n|presentazione|apresentaç[aã]o
            |workbook|book|mappe|arbeitsmappe|classeur|libro|cartel|pasta|sheet|tabelle|feuil|hoja|foglio|slide|folie|page|seite
            |title|titel|titre|t[ií]tulo|titolo|template|vorlage|normal|draft|entwurf|test|index|none|null|anonymous)
           [\s_-]*\(?\d*\)?
          |(?:microsoft\ )?(?:power\s?point)(?:[\s-]+(?:presentation|präsentation|presentatie|pr[eé]sentation))?
          |pr[eé]sentation\ powerpoint|presentaci[oó]n\ de\ powerpoint|presentazione\ standard.*|apresentaç[aã]o\ do\ powerpoint
          |(?:react|vite|vue|angular|webpack|svelte)(?:\ \+\ \w+)*(?:\ \+\ ts)?(?:\ app)?|create\ next\ app|about:blank
        )[)\]>]?$
        """,
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex DefaultTitle();

    // "Microsoft Word - price list.doc" is the name of a print job.
    [GeneratedRegex(
        """
        ^(?:microsoft\ (?:office\ )?(?:word|excel|powerpoint)|libreoffice|openoffice)\ -\ .*$
        |^.{1,200}\.(?:docx?|dotx?|docm|pdf|pptx?|xlsx?|odt|odp|ods|rtf|indd|qxp|qxd|ai|eps|ps|tex|dvi|pages|key|pub|html?|md|txt|tmp)$
        """,
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant,
        1000)]
    private static partial Regex FileName();
}
