using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<DocumentKindName>))]
public enum DocumentKindName
{
    /// <summary>Text: a page, a file or an imported document.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>A question and its answer.</summary>
    [JsonStringEnumMemberName("answer")]
    Answer,

    [JsonStringEnumMemberName("image")]
    Image,

    [JsonStringEnumMemberName("audio")]
    Audio,

    [JsonStringEnumMemberName("video")]
    Video,

    /// <summary>A demo that the assistant can show.</summary>
    [JsonStringEnumMemberName("demo")]
    Demo,
}

[JsonConverter(typeof(StrictEnumConverter<DocumentStatusName>))]
public enum DocumentStatusName
{
    /// <summary>Searchable.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Searchable. A newer version is queued.</summary>
    [JsonStringEnumMemberName("updating")]
    Updating,

    /// <summary>Searchable in its old version, because a newer version could not be read.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,
}

/// <summary>A document and its source.</summary>
/// <param name="Chunks">Number of passages.</param>
/// <param name="Error">Why a newer version could not be read, if the status is stale.</param>
public sealed record DocumentDetail(
    Guid Id,
    string ExternalId,
    string Title,
    string? Url,
    string Language,
    IReadOnlyList<string> Tags,
    int Chunks,
    DateTimeOffset UpdatedAt,
    DocumentKindName Kind,
    DocumentSource Source,
    DocumentStatusName Status,
    string? Error)
{
    /// <summary>Why only a part of the document was read; null if all of it was.</summary>
    public string? Notice { get; init; }
}

public sealed record DocumentSource(Guid Id, SourceKindName Kind, string Name, string Url);

public sealed record DocumentChunkPage(IReadOnlyList<DocumentChunk> Chunks, int Total);

/// <param name="Ordinal">Position in the document, from 0.</param>
/// <param name="Text">The text that is searched and cited.</param>
/// <param name="Locator">Location in the document.</param>
public sealed record DocumentChunk(int Ordinal, string Text, DocumentLocator Locator);

/// <param name="Headings">The headings above the passage, outermost first.</param>
/// <param name="Page">Page or slide, from 1.</param>
/// <param name="Row">First table row, from 1.</param>
/// <param name="Start">Start in a recording, in seconds.</param>
/// <param name="End">End in a recording, in seconds.</param>
/// <param name="Fragment">Fragment to append to the document's address to reach the passage.</param>
public sealed record DocumentLocator(IReadOnlyList<string> Headings, int? Page, int? Row, double? Start, double? End, string? Fragment);
