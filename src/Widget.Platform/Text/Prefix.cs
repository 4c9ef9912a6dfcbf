namespace Widget.Platform.Text;

/// <summary>The beginning of a text, cut between characters: half a surrogate pair is no text, and nothing could store it.</summary>
public static class Prefix
{
    /// <param name="text">The text.</param>
    /// <param name="most">Most UTF-16 code units of it.</param>
    public static string Of(string text, int most) =>
        text.Length <= most ? text : text[..(most > 0 && char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
