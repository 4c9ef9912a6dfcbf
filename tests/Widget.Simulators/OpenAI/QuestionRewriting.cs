namespace Widget.Simulators.OpenAI;

/// <summary>
/// Simulates a model that rewrites a follow-up question: it prepends the question before it.
/// </summary>
internal static class QuestionRewriting
{
    private const string Speaker = "Visitor: ";

    public static bool IsAsked(string instructions) => instructions.Contains("standalone question", StringComparison.Ordinal);

    public static string Join(string conversation) => string.Join(' ', conversation.Split('\n')
        .Where(line => line.StartsWith(Speaker, StringComparison.Ordinal))
        .TakeLast(2)
        .Select(line => line[Speaker.Length..].Trim()));
}
