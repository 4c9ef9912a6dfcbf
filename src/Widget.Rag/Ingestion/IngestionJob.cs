using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Rag.Own;
using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>Where a job stands; the middle three say what it is doing just now.</summary>
public enum JobStatus
{
    Queued,
    Fetching,
    Extracting,
    Embedding,

    /// <summary>Finished; single documents may have failed.</summary>
    Ready,

    /// <summary>Finished, and nothing of it could be read.</summary>
    Failed,
}

/// <summary>How a job's items become known.</summary>
public enum Discovery
{
    /// <summary>All of them when the job was made.</summary>
    Given,

    /// <summary>By the links of the pages that it reads.</summary>
    Links,

    /// <summary>From a site map, read when the job starts.</summary>
    SiteMap,
}

/// <summary>A durable piece of ingestion, held by one node at a time.</summary>
public sealed class IngestionJob : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required JobId Id { get; init; }

    public required SourceId SourceId { get; init; }

    public JobStatus Status { get; set; }

    public required Discovery Discovery { get; init; }

    /// <summary>Most items the job may come to have.</summary>
    public required int PageLimit { get; init; }

    public int Total { get; set; }

    public int Done { get; set; }

    /// <summary>Why the whole job failed, in words for people.</summary>
    public string? Error { get; set; }

    /// <summary>Faults of ours that it has met, one after another, without getting on.</summary>
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
        job.Property(row => row.Status).HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<JobStatus>(text, true));
        job.Property(row => row.Discovery).HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<Discovery>(text, true));
        job.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var item = model.Entity<IngestionItem>();
        item.ToTable("ingestion_items").HasKey(row => new { row.TenantId, row.JobId, row.Ordinal });
        item.HasOne<IngestionJob>().WithMany().HasForeignKey(row => new { row.TenantId, row.JobId });
        item.Property(row => row.Ordinal).UseIdentityAlwaysColumn();
        item.Property(row => row.State).HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<ItemState>(text, true));
        item.Property(row => row.Document).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, Chunk.Json),
            text => JsonSerializer.Deserialize<DocumentDescription>(text, Chunk.Json)!);
    }
}

public enum ItemState
{
    Waiting,
    Working,
    Ready,
    Failed,
}

/// <summary>What is known of a document before it is read.</summary>
public sealed record DocumentDescription
{
    public string? Title { get; init; }

    public string? Url { get; init; }

    /// <summary>ISO 639-1; found out from the text when null.</summary>
    public string? Language { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Media type of the content; null for a page that is still to be fetched.</summary>
    public string? MediaType { get; init; }
}

/// <summary>One document that a job has to read.</summary>
public sealed class IngestionItem : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required JobId JobId { get; init; }

    public long Ordinal { get; init; }

    public required string ExternalId { get; init; }

    public ItemState State { get; set; }

    /// <summary>How often reading it was begun; a document that brings down its reader three times is given up.</summary>
    public short Attempts { get; set; }

    public required DocumentDescription Document { get; init; }

    /// <summary>The document itself; null for a page that is still to be fetched, and after reading.</summary>
    public byte[]? Content { get; set; }

    /// <summary>Why it could not be read, in words for people.</summary>
    public string? Error { get; set; }
}
