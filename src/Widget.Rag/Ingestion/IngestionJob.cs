using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>State of a job. The three states in the middle tell what it is doing.</summary>
public enum JobStatus
{
    Queued,
    Fetching,
    Extracting,
    Embedding,

    /// <summary>Finished. Individual documents may have failed.</summary>
    Ready,

    /// <summary>Finished without any readable document.</summary>
    Failed,
}

/// <summary>What a job does.</summary>
public enum JobWork
{
    /// <summary>Reads documents.</summary>
    Ingest,

    /// <summary>Deletes its source and everything that came from it.</summary>
    Delete,
}

/// <summary>A durable ingestion job. One worker at a time holds its lease.</summary>
public sealed class IngestionJob : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required JobId Id { get; init; }

    public required SourceId SourceId { get; init; }

    public JobStatus Status { get; set; }

    public JobWork Work { get; init; }

    public required Discovery Discovery { get; init; }

    /// <summary>Maximum number of items.</summary>
    public required int PageLimit { get; init; }

    public int Total { get; set; }

    public int Done { get; set; }

    /// <summary>Whether the site maps have been read.</summary>
    public bool Listed { get; set; }

    /// <summary>Whether no limit or error kept pages away, so that pages the job has not seen are gone.</summary>
    public bool Complete { get; set; } = true;

    /// <summary>Whether the rest of the job is slow and belongs to the slow lane.</summary>
    public bool Slow { get; set; }

    /// <summary>What the crawl left out or found suspicious, in plain words.</summary>
    public string[] CrawlNotices { get; set; } = [];

    /// <summary>Why the whole job failed, in plain words.</summary>
    public string? Error { get; set; }

    /// <summary>Number of consecutive internal errors without progress.</summary>
    public short Faults { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var job = model.Entity<IngestionJob>();
        job.ToTable("ingestion_jobs").HasKey(row => new { row.TenantId, row.Id });
        job.HasOne<Source>().WithMany().HasForeignKey(row => new { row.TenantId, row.SourceId });
        job.Property(row => row.Status)
            .HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<JobStatus>(text, true));
        job.Property(row => row.Discovery)
            .HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<Discovery>(text, true));
        job.Property(row => row.Work).HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<JobWork>(text, true));
        job.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        model.Entity<IngestionUsage>().ToTable("ingestion_usage").HasKey(row => row.TenantId);

        var item = model.Entity<IngestionItem>();
        item.ToTable("ingestion_items").HasKey(row => new { row.TenantId, row.JobId, row.Ordinal });
        item.HasOne<IngestionJob>().WithMany().HasForeignKey(row => new { row.TenantId, row.JobId });
        item.Property(row => row.Ordinal).UseIdentityAlwaysColumn();
        item.Property(row => row.Address).ValueGeneratedOnAddOrUpdate();
        item.Property(row => row.AsideFor).ValueGeneratedOnAddOrUpdate();
        item.Property(row => row.State)
            .HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<ItemState>(text, true));
        item.Property(row => row.Finding)
            .HasConversion(value => value!.Value.ToString().ToLowerInvariant(), text => (PageFinding?)Enum.Parse<PageFinding>(text, true));
        item.Property(row => row.Document).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, KnowledgeJson.Options),
            text => JsonSerializer.Deserialize<DocumentDescription>(text, KnowledgeJson.Options)!);
    }
}

/// <summary>Worker time that a tenant's jobs have used. Older use counts less (<c>recent_ingestion_seconds</c>).</summary>
public sealed class IngestionUsage : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The value at the time <see cref="At"/>.</summary>
    public required double Seconds { get; init; }

    public required DateTimeOffset At { get; init; }
}

public enum ItemState
{
    Waiting,
    Working,
    Ready,
    Failed,
}

/// <summary>What was unusual about a crawled page.</summary>
public enum PageFinding
{
    /// <summary>It names another page as canonical that has another text or was not read. It is stored under its own address.</summary>
    CanonicalIgnored,

    /// <summary>It has the same text as its canonical page, or redirects there, so it is not stored twice.</summary>
    Duplicate,

    /// <summary>It redirects to another site, or leads to a file that cannot be read. It fails if its text is stored.</summary>
    LeadsAway,

    /// <summary>It forbids indexing.</summary>
    NoIndex,

    /// <summary>It is the start page, and the site also shows it at addresses that do not exist.</summary>
    ShownAtUnknownAddresses,
}

/// <summary>A document that a job has to read.</summary>
public sealed class IngestionItem : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required JobId JobId { get; init; }

    public long Ordinal { get; init; }

    public required string ExternalId { get; init; }

    public ItemState State { get; set; }

    /// <summary>Number of attempts to read it. A document that crashes its reader three times fails.</summary>
    public short Attempts { get; set; }

    public required DocumentDescription Document { get; init; }

    /// <summary>The document's address, for lookups; null when it has none or a very long one. The database computes it.</summary>
    public string? Address { get; private set; }

    /// <summary>The canonical page for which the page was set aside, for lookups; null for other items. The database computes it.</summary>
    public string? AsideFor { get; private set; }

    /// <summary>Number of links from the start page or a listed page.</summary>
    public short Depth { get; init; }

    /// <summary>Whether it is too slow for the quick lane.</summary>
    public bool Slow { get; set; }

    /// <summary>Why it was read only in part, in plain words; null when it was read completely.</summary>
    public string? Notice { get; set; }

    /// <summary>What was unusual about the page; null when nothing was.</summary>
    public PageFinding? Finding { get; set; }

    /// <summary>
    /// A sample of the text of a page that was set aside for its canonical page (<see cref="Crawling.PageText.Sample"/>); null for
    /// other items.
    /// </summary>
    public long[]? TextSample { get; set; }

    /// <summary>Whether the page is stored under its own address, because its canonical page has another text or was not read.</summary>
    public bool IgnoresCanonical { get; set; }

    /// <summary>Whether it failed and has been tried again since.</summary>
    public bool Superseded { get; set; }

    /// <summary>
    /// The content. Null for a page that is not fetched yet, and after the document has been read. A failed document keeps it for a retry.
    /// </summary>
    public byte[]? Content { get; set; }

    /// <summary>Why it could not be read, in plain words.</summary>
    public string? Error { get; set; }
}
