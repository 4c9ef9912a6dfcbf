using Widget.Api.Web;
using Widget.Rag.Ingestion.Crawling;

namespace Widget.Api.Knowledge;

/// <summary>Checks of fields that several requests about knowledge have. Each returns the error, or null.</summary>
internal static class KnowledgeRules
{
    public const string UrlError = "The url must be an absolute http or https address.";

    /// <summary>Most entries of a list in one response.</summary>
    public const int LargestPage = 200;

    private const int MostTags = 50;
    private const int LongestTag = 100;
    private const int MostPatterns = 100;

    public static (string Field, string Error)? Tags(IReadOnlyList<string>? tags)
    {
        if (tags is null) return null;
        if (tags.Count > MostTags) return ("tags", $"There may be {MostTags} tags at most.");
        return tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > LongestTag)
            ? ("tags", $"A tag must have 1 to {LongestTag} characters.")
            : null;
    }

    public static (string Field, string Error)? Url(string? url) =>
        url is null || ImportReader.IsWebAddress(url) ? null : ("url", UrlError);

    public static (string Field, string Error)? Language(string? language) =>
        language is null || Validation.IsLanguage(language) ? null : ("language", Validation.LanguageError);

    public static (string Field, string Error)? Patterns(string field, IReadOnlyList<string>? patterns)
    {
        if (patterns is null) return null;
        if (patterns.Count > MostPatterns) return (field, $"There may be {MostPatterns} patterns at most.");
        foreach (var pattern in patterns)
            if (PathPatterns.Problem(pattern ?? "") is { } problem) return (field, problem);
        return null;
    }

    /// <summary>
    /// Parses the name of an enum's member in a query. Null when it was left out. <paramref name="known"/> is false for an unknown name.
    /// </summary>
    public static TName? Named<TName>(string? text, out bool known)
        where TName : struct, Enum
    {
        var name = Blank(text);
        known = Enum.TryParse<TName>(name, ignoreCase: true, out var value)
            && string.Equals(Enum.GetName(value), name, StringComparison.OrdinalIgnoreCase);
        var found = known;
        known |= name is null;
        return found ? value : null;
    }

    /// <summary>The error of a field with an unknown name.</summary>
    public static string NameError<TName>(string field)
        where TName : struct, Enum => $"The {field} must be one of {string.Join(", ", Enum.GetNames<TName>()).ToLowerInvariant()}.";

    /// <summary>Trims a text; null when it is empty. Removes U+0000, which forms can contain and PostgreSQL cannot store.</summary>
    public static string? Blank(string? text) =>
        text?.Replace("\0", "", StringComparison.Ordinal).Trim() is { Length: > 0 } given ? given : null;

    /// <summary>The same for a name, without invisible characters, because names are shown next to each other.</summary>
    public static string? Name(string? text) => Blank(text) is { } given && VisibleText.Line(given) is { Length: > 0 } name ? name : null;

    public static string[] Trimmed(IReadOnlyList<string>? texts) => [.. (texts ?? []).Select(text => text.Trim())];
}
