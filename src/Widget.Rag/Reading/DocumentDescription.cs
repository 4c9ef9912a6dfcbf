using System.Text.Json.Serialization;
using Widget.Rag.Search;

namespace Widget.Rag.Reading;

/// <summary>What is known of a document before it is read.</summary>
public sealed record DocumentDescription
{
    public string? Title { get; init; }

    public string? Url { get; init; }

    /// <summary>ISO 639-1; found out from the text when null.</summary>
    public string? Language { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Media type of the content; null for a page that is still to be fetched.</summary>
    public string? MediaType { get; init; }

    // What is not set is not written, so that the hashes of documents that know nothing of it stay as they are.

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DocumentKind Kind { get; init; }

    /// <summary>What it is found by, besides its title and text: other ways to ask a question. Never shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>The part of a recording that is meant, in seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? Start { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? End { get; init; }

    /// <summary>The slide that is meant, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int? Page { get; init; }

    /// <summary>What a site map says of its last change.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset? Modified { get; init; }

    /// <summary>The page of the same job in whose favour this one was set aside, its canonical address.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? AsideFor { get; init; }
}
