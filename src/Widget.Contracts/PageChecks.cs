using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Whether a page is in the knowledge, and otherwise why not.</summary>
[JsonConverter(typeof(StrictEnumConverter<PageVerdictName>))]
public enum PageVerdictName
{
    /// <summary>It is stored and searchable.</summary>
    [JsonStringEnumMemberName("stored")]
    Stored,

    /// <summary>A job will read it, or is reading it.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Its text is stored under another address of the site.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,

    /// <summary>It could not be read.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It forbids indexing.</summary>
    [JsonStringEnumMemberName("no_index")]
    NoIndex,

    /// <summary>The site's robots.txt forbids reading it.</summary>
    [JsonStringEnumMemberName("robots_txt")]
    RobotsTxt,

    /// <summary>A rule of the source excludes it.</summary>
    [JsonStringEnumMemberName("excluded")]
    Excluded,

    /// <summary>The source has rules about what to include, and none includes it.</summary>
    [JsonStringEnumMemberName("not_included")]
    NotIncluded,

    /// <summary>No source covers its site.</summary>
    [JsonStringEnumMemberName("no_source")]
    NoSource,

    /// <summary>Its address does not look like a page or a readable document.</summary>
    [JsonStringEnumMemberName("not_a_page")]
    NotAPage,

    /// <summary>It leads to another site.</summary>
    [JsonStringEnumMemberName("leads_away")]
    LeadsAway,

    /// <summary>The last crawl stopped at its limit of pages.</summary>
    [JsonStringEnumMemberName("limit_reached")]
    LimitReached,

    /// <summary>The last crawl found no link and no entry of a site map that leads to it.</summary>
    [JsonStringEnumMemberName("not_linked")]
    NotLinked,

    /// <summary>It can be read now, and the next crawl will read it.</summary>
    [JsonStringEnumMemberName("not_read_yet")]
    NotReadYet,
}

/// <summary>Why a page is or is not in the knowledge.</summary>
/// <param name="Url">The page's address as it is stored, without tracking parameters.</param>
/// <param name="Verdict">The reason.</param>
/// <param name="Detail">The error, the rule or the other address; null if the verdict says all.</param>
/// <param name="DocumentId">The stored document, under this address or another one.</param>
/// <param name="SourceId">The source that covers the page.</param>
public sealed record PageCheck(string Url, PageVerdictName Verdict, string? Detail, Guid? DocumentId, Guid? SourceId);

/// <summary>Reads one page of a site.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReadPageRequest
{
    /// <summary>Address of the page.</summary>
    [Required(ErrorMessage = "The url is empty."), StringLength(2_000)]
    public string Url { get; init; } = "";
}

/// <summary>A document whose latest version could not be read.</summary>
/// <param name="SourceId">Its source.</param>
/// <param name="ExternalId">Its ID in the source.</param>
/// <param name="Url">Its address; null if it has none.</param>
/// <param name="Error">Why it could not be read.</param>
/// <param name="DocumentId">The earlier version, which is still searchable; null if there is none.</param>
public sealed record UnreadDocument(Guid SourceId, string ExternalId, string? Url, string Error, Guid? DocumentId);

/// <summary>Documents that could not be read, latest first.</summary>
public sealed record UnreadDocumentPage(IReadOnlyList<UnreadDocument> Documents, int Total);
