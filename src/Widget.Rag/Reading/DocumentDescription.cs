using System.Text.Json.Serialization;
using Widget.Rag.Search;

namespace Widget.Rag.Reading;

/// <summary>Metadata of a document that is known before it is read.</summary>
public sealed record DocumentDescription
{
    public string? Title { get; init; }

    public string? Url { get; init; }

    /// <summary>ISO 639-1; detected from the text when null.</summary>
    public string? Language { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Media type of the content; null for a page that is not fetched yet.</summary>
    public string? MediaType { get; init; }

    // Properties without a value are not serialised, so that the content hashes of older documents stay the same.

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DocumentKind Kind { get; init; }

    /// <summary>
    /// Other wordings of a written answer's question. Searches match them in addition to title and text; they are never shown.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>Where a demo starts in its recording, in seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? Start { get; init; }

    /// <summary>Where it ends, in seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? End { get; init; }

    /// <summary>The slide of a demo, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Page { get; init; }

    /// <summary>Last change according to the site map.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset? Modified { get; init; }

    /// <summary>The canonical page in the same job; null when this page is not a duplicate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonPropertyName("asideFor")]
    public string? DuplicateOf { get; init; }
}
