using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<SourceKindName>))]
public enum SourceKindName
{
    /// <summary>Texts sent to the import API.</summary>
    [JsonStringEnumMemberName("import")]
    Import,

    /// <summary>Uploaded files.</summary>
    [JsonStringEnumMemberName("upload")]
    Upload,

    /// <summary>One web page.</summary>
    [JsonStringEnumMemberName("page")]
    Page,

    /// <summary>A web site.</summary>
    [JsonStringEnumMemberName("site")]
    Site,

    /// <summary>Questions and answers that people type.</summary>
    [JsonStringEnumMemberName("answers")]
    Answers,

    /// <summary>Demos that the assistant can show.</summary>
    [JsonStringEnumMemberName("demos")]
    Demos,
}

/// <summary>How often a page or site is crawled automatically.</summary>
[JsonConverter(typeof(StrictEnumConverter<ScheduleName>))]
public enum ScheduleName
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("daily")]
    Daily,

    [JsonStringEnumMemberName("weekly")]
    Weekly,

    [JsonStringEnumMemberName("monthly")]
    Monthly,
}

[JsonConverter(typeof(StrictEnumConverter<SourceStatusName>))]
public enum SourceStatusName
{
    /// <summary>No job has run yet.</summary>
    [JsonStringEnumMemberName("idle")]
    Idle,

    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("fetching")]
    Fetching,

    [JsonStringEnumMemberName("extracting")]
    Extracting,

    [JsonStringEnumMemberName("embedding")]
    Embedding,

    /// <summary>The last job finished. Individual documents may have failed.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>The last job finished without any readable document.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The source is being deleted with its documents.</summary>
    [JsonStringEnumMemberName("deleting")]
    Deleting,
}

/// <summary>A source of documents.</summary>
/// <param name="Id">ID of the source.</param>
/// <param name="Kind">Kind of the source.</param>
/// <param name="Name">A label. For imports and uploads it identifies the source; empty for the default one.</param>
/// <param name="Url">The page, or the site's start page or site map; empty for other kinds.</param>
/// <param name="Tags">Tags of all its documents.</param>
/// <param name="Status">Current status, or the result of the last job.</param>
/// <param name="Progress">Progress of the current or last job; null if there has been none.</param>
/// <param name="Documents">Number of searchable documents.</param>
/// <param name="Passages">Number of their passages.</param>
/// <param name="Failed">Number of documents whose latest attempt failed.</param>
/// <param name="LastError">The latest error; null if nothing failed.</param>
/// <param name="CreatedAt">When the source was added.</param>
/// <param name="LastRunAt">When the last job ended.</param>
/// <param name="NextRunAt">Time of the next scheduled crawl; null if none is scheduled.</param>
/// <param name="Crawl">Crawl rules of a page or site; null for other kinds.</param>
public sealed record SourceDetail(
    Guid Id,
    SourceKindName Kind,
    string Name,
    string Url,
    IReadOnlyList<string> Tags,
    SourceStatusName Status,
    SourceProgress? Progress,
    int Documents,
    long Passages,
    int Failed,
    string? LastError,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastRunAt,
    DateTimeOffset? NextRunAt,
    SourceCrawl? Crawl)
{
    /// <summary>What the last crawl left out or found suspicious, one sentence each. Empty for sources that are not crawled.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}

/// <param name="JobId">ID of the job. GET /api/knowledge/jobs/{id} lists the documents that failed.</param>
/// <param name="Done">Number of searchable documents.</param>
/// <param name="Total">Number of documents known so far. For a site it grows during the crawl.</param>
public sealed record SourceProgress(Guid JobId, int Done, int Total);

public sealed record SourceCrawl(
    ScheduleName Schedule,
    int MaxPages,
    int? MaxDepth,
    IReadOnlyList<string> Include,
    IReadOnlyList<string> Exclude,
    string? Title,
    string? Language);

public sealed record SourcePage(IReadOnlyList<SourceDetail> Sources, int Total);

/// <summary>Adds a source. Pages and sites are crawled at once.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateSourceRequest
{
    /// <summary>import, upload, page or site. Sources of other kinds are created automatically.</summary>
    [Required]
    public SourceKindName? Kind { get; init; }

    /// <summary>Required for imports and uploads; an optional label for pages and sites.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>The page, or the site's start page or site map (an address that ends in .xml).</summary>
    [StringLength(2_000)]
    public string? Url { get; init; }

    /// <summary>Tags for all its documents.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>How often the source is crawled.</summary>
    public ScheduleName Schedule { get; init; }

    /// <summary>Maximum number of pages of a site.</summary>
    [Range(1, 10_000)]
    public int MaxPages { get; init; } = 500;

    /// <summary>Maximum number of links from a site's start page. No limit if omitted.</summary>
    [Range(0, 1_000)]
    public int? MaxDepth { get; init; }

    /// <summary>Keep only pages whose path matches one of these patterns. Keeps all pages if empty.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Skip pages whose path matches one of these patterns.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>Title of a page. Defaults to the page's own title.</summary>
    [StringLength(500)]
    public string? Title { get; init; }

    /// <summary>Language of a page, ISO 639-1. Detected from the text if omitted.</summary>
    public string? Language { get; init; }
}

/// <summary>Changes a source. Omitted fields stay unchanged. Crawl rules take effect at the next crawl.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ChangeSourceRequest
{
    /// <summary>The new name.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>The new tags. They replace the old ones on all its documents.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>How often the source is crawled.</summary>
    public ScheduleName? Schedule { get; init; }

    /// <summary>Maximum number of pages.</summary>
    [Range(1, 10_000)]
    public int? MaxPages { get; init; }

    /// <summary>Maximum number of links from the start page. 1000 effectively means no limit.</summary>
    [Range(0, 1_000)]
    public int? MaxDepth { get; init; }

    /// <summary>Keep only pages whose path matches one of these patterns.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Skip pages whose path matches one of these patterns.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }
}
