using Widget.Platform.Text;

namespace Widget.Rag.Search;

/// <param name="Multimodal">Whether the question is about something seen, shown or heard.</param>
/// <param name="Reason">Why it was taken so.</param>
public readonly record struct Route(bool Multimodal, string Reason);

/// <summary>
/// Tells questions about something seen, shown or heard, which our own multimodal knowledge answers, from plain ones. Signs in the words
/// are added up (<see cref="RouterRules"/>): "show me" speaks for it, "the price" against, so "show me the price" is a plain question. It costs
/// a fraction of a millisecond and asks nobody. Being wrong costs little: the other knowledge base is asked when the first has nothing good.
/// </summary>
public static class QuestionRouter
{
    // Whoever pastes a whole letter has said in its beginning what it is about.
    private const int LongestRead = 500;

    /// <summary>One strong sign, or two weak ones: to name a picture is not yet to ask for it.</summary>
    private const int Enough = 2;

    public static Route Decide(string question)
    {
        var read = Prefix.Of(question, LongestRead);
        var signs = RouterRules.All
            .Select(rule => (Rule: rule, Words: rule.Find(read)))
            .Where(sign => sign.Words is not null)
            .ToArray();
        var multimodal = signs.Sum(sign => sign.Rule.Weight) >= Enough;
        var decisive = signs
            .Where(sign => sign.Rule.Weight > 0 == multimodal)
            .OrderByDescending(sign => Math.Abs(sign.Rule.Weight))
            .Select(sign => $"The question {sign.Rule.Says}: \"{sign.Words}\".")
            .FirstOrDefault();
        return new Route(multimodal, decisive ?? "Nothing in the question speaks of pictures, screens, videos or sound.");
    }
}
