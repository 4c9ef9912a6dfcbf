using System.Text.Json.Serialization;

namespace Widget.Rag.Own;

/// <summary>Rules for crawling a site, or the metadata of a single page.</summary>
public sealed record CrawlRules
{
    /// <summary>How pages are found.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Discovery>))]
    public Discovery Discovery { get; init; } = Discovery.Links;

    /// <summary>Maximum number of pages in one crawl.</summary>
    public int PageLimit { get; init; } = 500;

    /// <summary>
    /// Maximum link depth from the start page or a page of a site map; 0 reads only those pages, null has no limit.
    /// </summary>
    public int? MaxDepth { get; init; }

    /// <summary>Only pages whose path matches one of these patterns are kept; all when empty.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Pages whose path matches one of these patterns are neither fetched nor kept.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Title of a single page; the page's own title when null.</summary>
    public string? Title { get; init; }

    /// <summary>Language of a single page, ISO 639-1; detected from the text when null.</summary>
    public string? Language { get; init; }
}
