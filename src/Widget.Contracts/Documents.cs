using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<DocumentKindName>))]
public enum DocumentKindName
{
    /// <summary>Something to read.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>A question with its answer.</summary>
    [JsonStringEnumMemberName("answer")]
    Answer,

    [JsonStringEnumMemberName("image")]
    Image,

    [JsonStringEnumMemberName("audio")]
    Audio,

    [JsonStringEnumMemberName("video")]
    Video,

    /// <summary>Something to show.</summary>
    [JsonStringEnumMemberName("demo")]
    Demo,
}

[JsonConverter(typeof(StrictEnumConverter<DocumentStatusName>))]
public enum DocumentStatusName
{
    /// <summary>It can be found.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>It can be found, and a newer version of it is about to be read.</summary>
    [JsonStringEnumMemberName("updating")]
    Updating,

    /// <summary>It can be found as it was; a newer version of it could not be read.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,
}

/// <summary>A document and where it comes from.</summary>
/// <param name="Chunks">How many passages it has.</param>
/// <param name="Error">Why a newer version could not be read, when it is stale.</param>
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

/// <param name="Ordinal">Its place in the document, from 0.</param>
/// <param name="Text">What is searched and cited.</param>
/// <param name="Locator">Where in the document it stands.</param>
public sealed record DocumentChunk(int Ordinal, string Text, DocumentLocator Locator);

/// <param name="Headings">Those above the passage, outermost first.</param>
/// <param name="Page">Page or slide, from 1.</param>
/// <param name="Row">First row of a table's passage, from 1.</param>
/// <param name="Start">Where in a recording it begins, in seconds.</param>
/// <param name="End">Where in a recording it ends, in seconds.</param>
/// <param name="Fragment">What to add to the document's address to land on it.</param>
public sealed record DocumentLocator(IReadOnlyList<string> Headings, int? Page, int? Row, double? Start, double? End, string? Fragment);
