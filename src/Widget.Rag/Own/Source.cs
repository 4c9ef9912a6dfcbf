using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Own;

/// <summary>The kind of a source.</summary>
public enum SourceKind
{
    /// <summary>Texts sent to the import API: one default source, and others by name.</summary>
    Import,

    /// <summary>Uploaded files: one default source, and others by name.</summary>
    Upload,

    /// <summary>One web page, or one file on the web.</summary>
    Page,

    /// <summary>A web site, identified by its start page or site map.</summary>
    Site,

    /// <summary>Questions and answers that people type. A tenant has one such source.</summary>
    Answers,

    /// <summary>Demos. A tenant has one such source.</summary>
    Demos,
}

/// <summary>How often a source is crawled automatically.</summary>
public enum Schedule
{
    None,
    Daily,
    Weekly,
    Monthly,
}

/// <summary>A source of documents, such as a site or uploaded files.</summary>
public sealed class Source : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required SourceId Id { get; init; }

    public required SourceKind Kind { get; init; }

    /// <summary>The page, or the site's start page or site map; empty for other kinds.</summary>
    public string Url { get; init; } = "";

    /// <summary>Distinguishes several imports or uploads, empty for the default one. A label for other kinds.</summary>
    public string Name { get => VisibleText.Line(field); set; } = "";

    /// <summary>Tags that all documents of the source get in addition to their own.</summary>
    public string[] Tags { get; set; } = [];

    public CrawlRules Rules { get; set; } = new();

    public Schedule Schedule { get; set; }

    /// <summary>Time of the next scheduled crawl; null when none is scheduled.</summary>
    public DateTimeOffset? NextCrawlAt { get; set; }

    /// <summary>When its deletion started; null when it is not being deleted.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var source = model.Entity<Source>();
        source.ToTable("sources").HasKey(row => new { row.TenantId, row.Id });
        source.Property(row => row.Kind)
            .HasConversion(kind => kind.ToString().ToLowerInvariant(), text => Enum.Parse<SourceKind>(text, true));
        source.Property(row => row.Schedule)
            .HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<Schedule>(text, true));
        source.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        source.Property(row => row.Rules).HasColumnType("jsonb").HasConversion(
            rules => JsonSerializer.Serialize(rules, KnowledgeJson.Options),
            text => JsonSerializer.Deserialize<CrawlRules>(text, KnowledgeJson.Options)!);
    }
}
