using Microsoft.EntityFrameworkCore;
using Widget.Rag.Storage;

namespace Widget.Rag.Own;

public enum SourceKind
{
    /// <summary>Texts sent to the import API; a tenant has one such source.</summary>
    Import,

    /// <summary>Uploaded files; a tenant has one such source.</summary>
    Upload,

    /// <summary>Single web pages; a tenant has one such source.</summary>
    Page,

    /// <summary>A web site, known by its start page or site map.</summary>
    Site,
}

public sealed class Source : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required SourceId Id { get; init; }

    public required SourceKind Kind { get; init; }

    /// <summary>A site's start page or site map; empty for the other kinds.</summary>
    public string Url { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var source = model.Entity<Source>();
        source.ToTable("sources").HasKey(row => new { row.TenantId, row.Id });
        source.Property(row => row.Kind).HasConversion(kind => kind.ToString().ToLowerInvariant(), text => Enum.Parse<SourceKind>(text, true));
        source.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}
