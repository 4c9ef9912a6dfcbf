using Widget.Platform.Text;

namespace Widget.Rag.Ranking;

/// <summary>The part of a question that is searched.</summary>
internal static class QuestionText
{
    // A longer question is usually a pasted text. Its beginning says what it is about.
    private const int MaxLength = 2_000;

    public static string Shorten(string text) => Truncation.Truncate(text, MaxLength).Replace('\0', ' ');
}
