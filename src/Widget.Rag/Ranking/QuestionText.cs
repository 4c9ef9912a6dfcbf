using Widget.Platform.Text;

namespace Widget.Rag.Ranking;

/// <summary>The part of a question that searches read.</summary>
internal static class QuestionText
{
    // A longer question is a pasted text; its first part says what it is about.
    private const int Longest = 2_000;

    public static string Shorten(string text) => Prefix.Of(text, Longest).Replace('\0', ' ');
}
