using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Widget.Platform.Text;

namespace Widget.Api.Answers;

/// <summary>The words around quoted passages when they are not a full answer, in the visitor's language.</summary>
/// <param name="Intro">Stands above passages that may help.</param>
/// <param name="MissingPart">Says that nothing was found for a part of a question; {0} is the part.</param>
internal sealed record Suggestions(string Intro, CompositeFormat MissingPart)
{
    private const int MaxRepeatedCharacters = 100;

    private static readonly FrozenDictionary<string, Suggestions> All = new (string Language, string Intro, string MissingPart)[]
    {
        (
            "en",
            "I'm not sure about this, but these passages might help:",
            "I could not find anything about “{0}” in our pages."),
        (
            "de",
            "Ich bin mir nicht sicher, aber diese Stellen könnten helfen:",
            "Zu „{0}“ habe ich auf unseren Seiten nichts gefunden."),
        (
            "es",
            "No estoy seguro, pero estos pasajes podrían ayudarle:",
            "No he encontrado nada sobre «{0}» en nuestras páginas."),
        (
            "ar",
            "لست متأكدًا من ذلك، لكن قد تفيدك هذه المقاطع:",
            "لم أجد شيئًا عن «{0}» في صفحاتنا."),
    }.ToFrozenDictionary(
        words => words.Language,
        words => new Suggestions(words.Intro, CompositeFormat.Parse(words.MissingPart)),
        StringComparer.Ordinal);

    public static Suggestions For(Phrases phrases) => All[phrases.Language];

    /// <param name="part">The part of the question for which nothing was found. It is repeated as plain text, and shortened.</param>
    public string MissingFor(string part)
    {
        var line = string.Join(' ', part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var repeated = Truncation.Truncate(line.TrimEnd('?', '؟', '.', ' '), MaxRepeatedCharacters);
        return string.Format(CultureInfo.InvariantCulture, MissingPart, CitationNumbers.Escape(repeated));
    }
}
