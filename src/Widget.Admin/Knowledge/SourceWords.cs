using Microsoft.Extensions.Localization;
using Widget.Contracts;

namespace Widget.Admin.Knowledge;

/// <summary>How sources are named and drawn.</summary>
internal static class SourceWords
{
    /// <summary>The source's name, its address, or the name of its kind.</summary>
    public static string Name(this SourceDetail source, IStringLocalizer<KnowledgeTexts> texts) =>
        source.Name.Length > 0 ? source.Name : source.Url.Length > 0 ? source.Url : texts[$"kind.{source.Kind}"];

    /// <summary>Name of a Material symbol.</summary>
    public static string Icon(this SourceKindName kind) => kind switch
    {
        SourceKindName.Site => "language",
        SourceKindName.Page => "article",
        SourceKindName.Upload => "upload_file",
        SourceKindName.Import => "data_object",
        SourceKindName.Answers => "quiz",
        _ => "slideshow",
    };

    /// <summary>The lines of a text, without empty ones; null if there are none.</summary>
    public static IReadOnlyList<string>? Lines(string? text) =>
        text?.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } lines ? lines : null;

    /// <summary>The parts of a text between commas; empty if there are none.</summary>
    public static IReadOnlyList<string> Tags(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The text without white space around it; null if it is empty.</summary>
    public static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
