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

    /// <summary>Questions with their answers, typed by people.</summary>
    [JsonStringEnumMemberName("answers")]
    Answers,

    /// <summary>Things to show.</summary>
    [JsonStringEnumMemberName("demos")]
    Demos,
}

/// <summary>How often a page or site is read again by itself.</summary>
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
    /// <summary>Nothing has been read for it yet.</summary>
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

    /// <summary>Its last job ended; single documents may have failed.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>Nothing of its last job could be read.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It is being deleted, with everything made from it.</summary>
    [JsonStringEnumMemberName("deleting")]
    Deleting,
}

/// <summary>A source and how it is doing.</summary>
/// <param name="Id">Which.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">A label; tells several imports or uploads apart, the default one's being empty.</param>
/// <param name="Url">The page, or the site's start page or site map; empty for the other kinds.</param>
/// <param name="Tags">Given to all its documents.</param>
/// <param name="Status">What it is doing, or how its last job ended.</param>
/// <param name="Progress">Of the job that runs or waits, or else of the last; null when there has been none.</param>
/// <param name="Documents">Documents that can be found.</param>
/// <param name="Passages">Passages of those.</param>
/// <param name="Failed">Documents that could not be read, and have not been since.</param>
/// <param name="LastError">Why, in words; null when all is well.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="LastRunAt">When its last job ended.</param>
/// <param name="NextRunAt">When it is read again by itself; null when it is not.</param>
/// <param name="Crawl">What is read of a page or site; null for the other kinds.</param>
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
    SourceCrawl? Crawl);

/// <param name="JobId">The job; GET /api/knowledge/jobs/{id} names what failed.</param>
/// <param name="Done">Documents that are ready to be found.</param>
/// <param name="Total">Documents known so far; a site's grow while it is read.</param>
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

/// <summary>Adds a source. A page or site is read at once.</summary>
public sealed record CreateSourceRequest
{
    /// <summary>import, upload, page or site; those of the other kinds are made by what is added to them.</summary>
    [Required]
    public SourceKindName? Kind { get; init; }

    /// <summary>Required of an import or upload; a label of a page or site.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>The page, or the site's start page or site map (an address that ends in .xml).</summary>
    [StringLength(2_000)]
    public string? Url { get; init; }

    /// <summary>Tags that all its documents are given.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>How often it is read again.</summary>
    public ScheduleName Schedule { get; init; }

    /// <summary>Most pages of a site to read.</summary>
    [Range(1, 10_000)]
    public int MaxPages { get; init; } = 500;

    /// <summary>Links to follow away from a site's start page; no limit when left out.</summary>
    [Range(0, 1_000)]
    public int? MaxDepth { get; init; }

    /// <summary>Patterns of paths to keep; all when empty.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Patterns of paths that are not fetched.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>What to call a page; its own title when left out.</summary>
    [StringLength(500)]
    public string? Title { get; init; }

    /// <summary>ISO 639-1 of a page; found out from the text when left out.</summary>
    public string? Language { get; init; }
}

/// <summary>Changes a source; what is left out stays as it is. Rules take effect when it is read next.</summary>
public sealed record ChangeSourceRequest
{
    /// <summary>Another name; null leaves it.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>Replaces the tags, on all its documents at once.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>How often it is read again; null leaves it.</summary>
    public ScheduleName? Schedule { get; init; }

    /// <summary>Most pages to keep; null leaves it.</summary>
    [Range(1, 10_000)]
    public int? MaxPages { get; init; }

    /// <summary>1000 is as good as no limit.</summary>
    [Range(0, 1_000)]
    public int? MaxDepth { get; init; }

    /// <summary>Patterns of paths to keep; null leaves them.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Patterns of paths that are not fetched; null leaves them.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }
}
