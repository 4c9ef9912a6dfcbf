using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Widget.Extraction;

/// <summary>Explains why a page has no text, to the person who added it.</summary>
internal static partial class NoTextReason
{
    // Before its scripts run, a page has at most a few words, which ask to wait or to allow scripts.
    private const int MaxPlaceholderLength = 200;

    /// <summary>Returns the likely reason; null when the page has no sign of one.</summary>
    public static string? Of(IDocument page)
    {
        if (page.QuerySelector("meta[http-equiv=refresh i][content*=url i]") is not null)
            return "This page has no text and forwards visitors to another page. Add that page.";
        if (page.QuerySelector("script[src], script:not([type]), script[type=module], script[type='text/javascript']") is not null
            && page.QuerySelector("frameset") is null)
            return "This page's text is drawn by a script, and scripts are not run. "
                + "Add the text as a file, or a page that has it in its HTML.";
        if (FindFrame(page) is { } frame)
            return $"This page has no text and shows another page in a frame. Add that page: {frame}";
        if (page.QuerySelector("body img, body picture, body svg, body canvas, body video, body object, body embed") is not null)
            return "This page has pictures or media but no text.";
        return null;
    }

    /// <summary>Whether a page's only text asks to wait or to allow scripts.</summary>
    public static bool IsPlaceholder(IReadOnlyList<Block> blocks) =>
        blocks.Sum(block => block.Text.Length) is > 0 and <= MaxPlaceholderLength
            && Placeholder().IsMatch(string.Join(' ', blocks.Select(block => block.Text)));

    private static string? FindFrame(IDocument page) => page.QuerySelectorAll("frame[src], iframe[src]")
        .Where(frame => frame.Closest("noscript, [hidden]") is null && frame.GetAttribute("width") is not ("0" or "1"))
        .Select(frame => frame.GetAttribute("src")!)
        .FirstOrDefault(address => address.Length <= BlockWalker.MaxHeadingLength);

    [GeneratedRegex(
        """
        ^\W*(?:(?:page\ is|the\ page\ is|seite\ wird|wird)\ )?(?:loading|lädt|laden|geladen|chargement|cargando|caricamento|carregando)
          (?:\W+(?:please|wait|bitte|warten|content|page|app|application|data|en\ cours))*\W*$
        |^.{0,60}\b(?:enable|activate|turn\ on|requires?|needs?|without|aktiviere\w*|benötigt|activer|activez|habilite|active|abilita|attiva
          |ative)\b.{0,40}\bjava\s?script\b
        |\bjava\s?script\b.{0,40}\b(?:enabled?|disabled|required|deaktiviert|aktivier\w*|benötigt|désactivé|requis|deshabilitado
          |disabilitato|desativado)\b
        |^\W*(?:please\ wait|bitte\ warten|un\ instant|espere|attendere|aguarde)\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline,
        1000)]
    private static partial Regex Placeholder();
}
