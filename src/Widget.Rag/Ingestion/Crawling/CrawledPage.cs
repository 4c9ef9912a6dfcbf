using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>A page of a source as it was when it was last read.</summary>
public sealed class CrawledPage : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required SourceId SourceId { get; init; }

    public required string Address { get; init; }

    /// <summary>As the server sent it, for If-None-Match.</summary>
    public string? Etag { get; init; }

    /// <summary>As the server sent it, for If-Modified-Since.</summary>
    public string? LastModified { get; init; }

    /// <summary>What the site map said of its last change.</summary>
    public DateTimeOffset? Listed { get; init; }

    /// <summary>The pages of the site it leads to.</summary>
    public required string[] Links { get; init; }

    /// <summary>How it was read; null when it has to be fetched in full.</summary>
    public byte[]? Reading { get; init; }

    /// <summary>False when it asks not to be found.</summary>
    public bool Indexed { get; init; }

    public DateTimeOffset? FetchedAt { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var page = model.Entity<CrawledPage>();
        page.ToTable("crawled_pages").HasKey(row => new { row.TenantId, row.SourceId, row.Address });
        page.HasOne<Source>().WithMany().HasForeignKey(row => new { row.TenantId, row.SourceId });
    }
}
