namespace Widget.Platform.Text;

/// <summary>What somebody wrote into a field of a form.</summary>
public static class GivenText
{
    /// <summary>The text as it is kept; null if nothing was written.</summary>
    /// <returns>The text without spaces around it, and without characters that turn the direction of the text that follows.</returns>
    public static string? Of(string? text) => text is not null && Line(text) is { Length: > 0 } line ? line : null;

    /// <summary>The same for a text that must be given, which may be empty here.</summary>
    public static string Line(string text) =>
        text.Any(TurnsDirection) ? string.Concat(text.Where(character => !TurnsDirection(character))).Trim() : text.Trim();

    // Embeddings, overrides and isolates (Unicode annex 9). A name with one of them would disguise what stands after it in a list, an
    // e-mail or a file name. Names in scripts from right to left do without them.
    private static bool TurnsDirection(char character) => character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
