using System.Collections.Frozen;

namespace Widget.Api.Answers;

/// <summary>The words around quoted passages when they are not a full answer, in the visitor's language.</summary>
/// <param name="Intro">Stands above passages that may help.</param>
/// <param name="MissingPart">Says which part of a question found nothing; {0} is the part.</param>
internal sealed record Suggestions(string Intro, string MissingPart)
{
    private static readonly FrozenDictionary<string, Suggestions> All = new Dictionary<string, Suggestions>(StringComparer.Ordinal)
    {
        ["en"] = new("I'm not sure about this, but these passages might help:", "I could not find anything about “{0}” in our pages."),
        ["de"] = new(
            "Ich bin mir nicht sicher, aber diese Stellen könnten helfen:",
            "Zu „{0}“ habe ich auf unseren Seiten nichts gefunden."),
        ["es"] = new("No estoy seguro, pero estos pasajes podrían ayudarle:", "No he encontrado nada sobre «{0}» en nuestras páginas."),
        ["ar"] = new("لست متأكدًا من ذلك، لكن قد تفيدك هذه المقاطع:", "لم أجد شيئًا عن «{0}» في صفحاتنا."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Suggestions For(Phrases phrases) => All[phrases.Language];
}
