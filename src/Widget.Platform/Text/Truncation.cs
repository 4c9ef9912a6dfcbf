namespace Widget.Platform.Text;

/// <summary>Shortens text without splitting a surrogate pair. Text with half of a pair cannot be stored.</summary>
public static class Truncation
{
    /// <param name="text">The text.</param>
    /// <param name="maxLength">Maximum length of the result in UTF-16 code units.</param>
    public static string Truncate(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        var splitsPair = maxLength > 0 && char.IsHighSurrogate(text[maxLength - 1]);
        return text[..(splitsPair ? maxLength - 1 : maxLength)];
    }
}
