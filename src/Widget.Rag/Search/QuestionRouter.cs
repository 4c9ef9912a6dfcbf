using System.Text.RegularExpressions;

namespace Widget.Rag.Search;

/// <param name="Multimodal">Whether the question is about something seen, shown or heard.</param>
/// <param name="Reason">Why it was taken so.</param>
public readonly record struct Route(bool Multimodal, string Reason);

/// <summary>
/// Tells questions about something seen, shown or heard, which our own multimodal knowledge answers, from plain ones.
/// By words alone, so that it costs nothing.
/// </summary>
public static partial class QuestionRouter
{
    public static Route Decide(string question)
    {
        var match = SeenShownOrHeard().Match(question);
        return match.Success
            ? new Route(true, $"The question speaks of \"{match.Value.Trim()}\".")
            : new Route(false, "Nothing in the question speaks of pictures, screens, videos or sound.");
    }

    [GeneratedRegex(
        """
        \b(
          show(\ me|\ us|n|s|ing)? | look(s|ing)?\ like | see(\ (it|how|what|the|a))? | watch | demo(s|nstration|nstrate)? | walk\ ?-?through | tour
          | screen(s|shots?|cast|\ recording)? | dashboard | diagrams? | charts? | graphs? | pictures? | photos? | images? | illustrations?
          | logos? | icons? | colou?rs? | videos? | clips? | webinars? | recordings? | podcasts? | audio | sound(s|ing)? | hear | slides?
          | zeig(t|en|e)? | sehen | aussieht | bild(er)? | vorführ\w+ | muestra\w* | muéstr\w+ | ver\ (el|la|un|una) | imagen(es)? | pantallas?
        )\b
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex SeenShownOrHeard();
}
