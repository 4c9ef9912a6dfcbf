using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Widget.Platform.Text;

namespace Widget.Api.Answers;

/// <summary>The words around quoted passages when they are not a full answer, in the visitor's language.</summary>
/// <param name="Intro">Stands above passages that may help.</param>
/// <param name="PartIntro">Stands above passages that may help with a part of a question; {0} is the part.</param>
/// <param name="MissingPart">Says that nothing was found for a part of a question; {0} is the part.</param>
internal sealed record Suggestions(string Intro, CompositeFormat PartIntro, CompositeFormat MissingPart)
{
    private const int MaxRepeatedCharacters = 100;

    private static readonly FrozenDictionary<string, Suggestions> All = new (string Language, string Intro, string Part, string Missing)[]
    {
        (
            "en",
            "I'm not sure about this, but these passages might help:",
            "I'm not sure about “{0}”, but this might help:",
            "I could not find anything about “{0}” in our pages."),
        (
            "de",
            "Ich bin mir nicht sicher, aber diese Stellen könnten helfen:",
            "Bei „{0}“ bin ich mir nicht sicher, aber das könnte helfen:",
            "Zu „{0}“ habe ich auf unseren Seiten nichts gefunden."),
        (
            "es",
            "No estoy seguro, pero estos pasajes podrían ayudarle:",
            "No estoy seguro sobre «{0}», pero esto podría ayudarle:",
            "No he encontrado nada sobre «{0}» en nuestras páginas."),
        (
            "ar",
            "لست متأكدًا من ذلك، لكن قد تفيدك هذه المقاطع:",
            "لست متأكدًا بشأن «{0}»، لكن قد يفيدك هذا:",
            "لم أجد شيئًا عن «{0}» في صفحاتنا."),
    }.ToFrozenDictionary(
        words => words.Language,
        words => new Suggestions(words.Intro, CompositeFormat.Parse(words.Part), CompositeFormat.Parse(words.Missing)),
        StringComparer.Ordinal);

    public static Suggestions For(Phrases phrases) => All[phrases.Language];

    /// <param name="part">The part of the question for which nothing was found. It is repeated as plain text, and shortened.</param>
    public string MissingFor(string part) => Repeat(MissingPart, part);

    /// <param name="part">The part of the question with which the passages may help.</param>
    public string IntroFor(string part) => Repeat(PartIntro, part);

    private static string Repeat(CompositeFormat format, string part)
    {
        var line = string.Join(' ', part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var repeated = Truncation.Truncate(line.TrimEnd('?', '؟', '.', ' '), MaxRepeatedCharacters);
        return string.Format(CultureInfo.InvariantCulture, format, CitationNumbers.Escape(repeated));
    }
}
