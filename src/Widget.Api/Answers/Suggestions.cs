using System.Collections.Frozen;

namespace Widget.Api.Answers;

/// <summary>The words above suggested passages, in the visitor's language.</summary>
internal static class Suggestions
{
    private static readonly FrozenDictionary<string, string> Intros = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["en"] = "I'm not sure about this, but these passages might help:",
        ["de"] = "Ich bin mir nicht sicher, aber diese Stellen könnten helfen:",
        ["es"] = "No estoy seguro, pero estos pasajes podrían ayudarle:",
        ["ar"] = "لست متأكدًا من ذلك، لكن قد تفيدك هذه المقاطع:",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string Intro(Phrases phrases) => Intros[phrases.Language];
}
