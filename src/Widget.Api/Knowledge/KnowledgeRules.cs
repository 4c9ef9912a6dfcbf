using Widget.Api.Web;
using Widget.Rag.Ingestion.Crawling;

namespace Widget.Api.Knowledge;

/// <summary>Validates and normalizes fields that several requests about knowledge have. Checks return the error, or null.</summary>
internal static class KnowledgeRules
{
    public const string UrlError = "The url must be an absolute http or https address.";

    /// <summary>The largest number of entries that a list returns at once.</summary>
    public const int MaxPageSize = 200;

    private const int MaxTags = 50;
    private const int MaxTagLength = 100;
    private const int MaxPatterns = 100;

    public static (string Field, string Error)? Tags(IReadOnlyList<string>? tags)
    {
        if (tags is null) return null;
        if (tags.Count > MaxTags) return ("tags", $"There may be at most {MaxTags} tags.");
        return tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > MaxTagLength)
            ? ("tags", $"A tag must have 1 to {MaxTagLength} characters.")
            : null;
    }

    public static (string Field, string Error)? Url(string? url) =>
        url is null || ImportReader.IsWebAddress(url) ? null : ("url", UrlError);

    public static (string Field, string Error)? Language(string? language) =>
        language is null || Validation.IsLanguage(language) ? null : ("language", Validation.LanguageError);

    public static (string Field, string Error)? Patterns(string field, IReadOnlyList<string>? patterns)
    {
        if (patterns is null) return null;
        if (patterns.Count > MaxPatterns) return (field, $"There may be at most {MaxPatterns} patterns.");
        foreach (var pattern in patterns)
            if (PathPatterns.Problem(pattern ?? "") is { } problem) return (field, problem);
        return null;
    }

    /// <summary>
    /// Parses the name of an enum's member, as queries contain it. Null when it is missing. <paramref name="isValid"/> is false for an
    /// unknown name.
    /// </summary>
    public static TName? ParseName<TName>(string? text, out bool isValid)
        where TName : struct, Enum
    {
        var name = TrimToNull(text);
        // TryParse also accepts numbers, which are not names.
        var isMember = Enum.TryParse<TName>(name, ignoreCase: true, out var value)
            && string.Equals(Enum.GetName(value), name, StringComparison.OrdinalIgnoreCase);
        isValid = isMember || name is null;
        return isMember ? value : null;
    }

    /// <summary>The error for a field with an unknown name.</summary>
    public static string NameError<TName>(string field)
        where TName : struct, Enum => $"The {field} must be one of {string.Join(", ", Enum.GetNames<TName>()).ToLowerInvariant()}.";

    /// <summary>Trims a text; null when it is empty. Removes U+0000, which forms can contain and PostgreSQL cannot store.</summary>
    public static string? TrimToNull(string? text) =>
        text?.Replace("\0", "", StringComparison.Ordinal).Trim() is { Length: > 0 } trimmed ? trimmed : null;

    /// <summary>Does the same with a name, and removes invisible characters, which could make two names look equal.</summary>
    public static string? CleanName(string? text) =>
        TrimToNull(text) is { } trimmed && VisibleText.Line(trimmed) is { Length: > 0 } name ? name : null;

    public static string[] TrimAll(IReadOnlyList<string>? texts) => [.. (texts ?? []).Select(text => text.Trim())];
}
