using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

/// <summary>
/// Recognises questions that compare: "What is the difference between A and B?", "Which plan is cheaper?". Their answer needs more than
/// one passage or row.
/// </summary>
internal static partial class Comparisons
{
    public static bool IsComparison(string question) =>
        ComparesEn().IsMatch(question) || ComparesDe().IsMatch(question) || ComparesOthers().IsMatch(question);

    // A comparative alone asks for something else: "Can I stay longer?", "Tell me more".
    [GeneratedRegex(
        """
        \b(
          compared? | comparing | comparison | differences? | differs? | versus | vs
          | (which|what|what's|who)\b.*\b(more|most|less|least|fewer|fewest|better|best
            |(cheap|pric|larg|bigg|small|fast|quick|slow|heavi|light|long|short|high|low|wid|strong|warm|clos|near|earli)(er|est))
          | (more|less|fewer|better|worse
            |(cheap|pric|larg|bigg|small|fast|quick|slow|heavi|light|long|short|high|low|wid|strong|warm|clos|near|earli)er)\b.*\b(than|or)
          | (cheap|pric|larg|bigg|small|fast|quick|slow|heavi|light|long|short|high|low|wid|strong|warm)est
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex ComparesEn();

    [GeneratedRegex(
        """
        \b(
          unterschied\w* | unterscheide\w* | vergleich\w*
          | (welche[rsmn]?|was|wer)\b.*\b(mehr|weniger|meisten|wenigsten|bess\w+|best\w+
            |(günstig|billig|teur|teuer|größ|klein|schnell|langsam|schwer|leicht|läng|kürz|höh|höch|niedrig|breit|stärk)
             (er|ere|eren|st\w*))
          | (mehr|weniger|besser|(günstig|billig|teur|größ|klein|schnell|langsam|schwer|leicht|läng|kürz|höh|niedrig|breit|stärk)er)
            \b.*\b(als|oder)
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex ComparesDe();

    [GeneratedRegex(
        """
        \b(
          diferencias? | compar(a|ar|ación|ado)\w* | (más|menos|mejor)\b.*\b(que|o|u)
          | (qué|cuál|cuáles|quién)\b.*\b(más|menos|mejor(es)?)
          | différences? | comparer | comparaison | (plus|moins)\b.*\b(que|ou)
          | (quel(le)?s?|lequel|laquelle|qui)\b.*\b(plus|moins|meilleur\w*)
          | differenz[ae] | confront\w+ | (qual[ei]?|chi)\b.*\b(più|meno|migliore)
          | diferenças? | (qual|quais|quem)\b.*\b(mais|menos|melhor)
        )\b
        | الفرق | مقارنة | أرخص | أفضل | أسرع | أطول
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex ComparesOthers();
}
