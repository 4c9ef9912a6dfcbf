using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>A page of a source as it was at its last crawl.</summary>
public sealed class CrawledPage : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required SourceId SourceId { get; init; }

    public required string Address { get; init; }

    /// <summary>As the server sent it, for If-None-Match.</summary>
    public string? Etag { get; init; }

    /// <summary>As the server sent it, for If-Modified-Since.</summary>
    public string? LastModified { get; init; }

    /// <summary>Last change according to the site map.</summary>
    public DateTimeOffset? Listed { get; init; }

    /// <summary>Its links to pages of the same site.</summary>
    public required string[] Links { get; init; }

    /// <summary>
    /// Hash of the settings it was read with (<see cref="Widget.Rag.Reading.DocumentReader.HashSettings"/>); null when it must be fetched
    /// in full.
    /// </summary>
    public byte[]? Reading { get; init; }

    /// <summary>False when the page forbids indexing, or when its server says that it does not exist.</summary>
    public bool Indexed { get; init; }

    public DateTimeOffset? FetchedAt { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    /// <summary>A sample of a text that was not stored, because other pages show it, too; null when nothing is held back.</summary>
    public long[]? HeldText { get; init; }

    /// <summary>Number of crawls in a row that saw the held text.</summary>
    public short HeldVisits { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var page = model.Entity<CrawledPage>();
        page.ToTable("crawled_pages").HasKey(row => new { row.TenantId, row.SourceId, row.Address });
        page.HasOne<Source>().WithMany().HasForeignKey(row => new { row.TenantId, row.SourceId });
    }
}
