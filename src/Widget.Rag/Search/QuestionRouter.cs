using Widget.Platform.Text;

namespace Widget.Rag.Search;

/// <param name="Multimodal">Whether the question is about something seen, shown or heard.</param>
/// <param name="Reason">Why.</param>
public readonly record struct Route(bool Multimodal, string Reason);

/// <summary>
/// Separates questions about something seen, shown or heard, which the own multimodal knowledge answers, from plain ones. Adds up signs in
/// the words (<see cref="RouterRules"/>): "show me" counts for it, "the price" against, so "show me the price" is a plain question. It
/// takes a fraction of a millisecond and no request. A wrong decision costs little, because the other knowledge base is asked when the
/// first finds nothing good.
/// </summary>
public static class QuestionRouter
{
    // The beginning of a long pasted text says what it is about.
    private const int LongestRead = 500;

    /// <summary>One strong sign or two weak ones. Mentioning a picture does not yet ask for one.</summary>
    private const int Threshold = 2;

    public static Route Decide(string question)
    {
        var read = Truncation.Truncate(question, LongestRead);
        var signs = RouterRules.All
            .Select(rule => (Rule: rule, Words: rule.Find(read)))
            .Where(sign => sign.Words is not null)
            .ToArray();
        var multimodal = signs.Sum(sign => sign.Rule.Weight) >= Threshold;
        var decisive = signs
            .Where(sign => sign.Rule.Weight > 0 == multimodal)
            .OrderByDescending(sign => Math.Abs(sign.Rule.Weight))
            .Select(sign => $"The question {sign.Rule.Says}: \"{sign.Words}\".")
            .FirstOrDefault();
        return new Route(multimodal, decisive ?? "The question does not mention pictures, screens, videos or sound.");
    }
}
