using System.Text.Json.Serialization;

namespace Widget.Rag.Own;

/// <summary>What to read of a web site, or how to call a single page.</summary>
public sealed record CrawlRules
{
    /// <summary>How the pages become known.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Discovery>))]
    public Discovery Discovery { get; init; } = Discovery.Links;

    /// <summary>Most pages of one crawl.</summary>
    public int PageLimit { get; init; } = 500;

    /// <summary>Links to follow away from the start page or a listed page: 0 for those alone, null for as many as it takes.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>Only pages whose path fits one of these are kept; all when empty.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Pages whose path fits one of these are neither fetched nor kept.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>What to call a single page; its own title when null.</summary>
    public string? Title { get; init; }

    /// <summary>ISO 639-1 of a single page; found out from the text when null.</summary>
    public string? Language { get; init; }
}
