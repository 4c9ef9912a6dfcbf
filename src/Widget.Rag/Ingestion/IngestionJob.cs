using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

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

/// <summary>What a job does.</summary>
public enum JobWork
{
    /// <summary>Reads documents.</summary>
    Ingest,

    /// <summary>Deletes its source and everything that came from it.</summary>
    Delete,
}

/// <summary>A durable piece of ingestion, held by one node at a time.</summary>
public sealed class IngestionJob : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required JobId Id { get; init; }

    public required SourceId SourceId { get; init; }

    public JobStatus Status { get; set; }

    public JobWork Work { get; init; }

    public required Discovery Discovery { get; init; }

    /// <summary>Most items the job may come to have.</summary>
    public required int PageLimit { get; init; }

    public int Total { get; set; }

    public int Done { get; set; }

    /// <summary>Whether the site's site maps have been read.</summary>
    public bool Listed { get; set; }

    /// <summary>Whether nothing was cut off by a limit or kept away by a fault, so that what it has not seen is gone.</summary>
    public bool Complete { get; set; } = true;

    /// <summary>Whether what is left of it takes long, and so is the slow lane's.</summary>
    public bool Slow { get; set; }

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
        job.Property(row => row.Work).HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<JobWork>(text, true));
        job.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        model.Entity<IngestionUsage>().ToTable("ingestion_usage").HasKey(row => row.TenantId);

        var item = model.Entity<IngestionItem>();
        item.ToTable("ingestion_items").HasKey(row => new { row.TenantId, row.JobId, row.Ordinal });
        item.HasOne<IngestionJob>().WithMany().HasForeignKey(row => new { row.TenantId, row.JobId });
        item.Property(row => row.Ordinal).UseIdentityAlwaysColumn();
        item.Property(row => row.State).HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<ItemState>(text, true));
        item.Property(row => row.Document).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, KnowledgeJson.Options),
            text => JsonSerializer.Deserialize<DocumentDescription>(text, KnowledgeJson.Options)!);
    }
}

/// <summary>Worker time that a tenant's jobs have used. Older use counts less (<c>recent_ingestion_seconds</c>).</summary>
public sealed class IngestionUsage : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>As it counted at that time.</summary>
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

    /// <summary>Links away from the start page or a listed page.</summary>
    public short Depth { get; init; }

    /// <summary>Whether reading it takes longer than a quick worker may.</summary>
    public bool Slow { get; set; }

    /// <summary>Why not all of it was read, in words for people; null when all was.</summary>
    public string? Notice { get; set; }

    /// <summary>Whether it failed and has been tried again since.</summary>
    public bool Superseded { get; set; }

    /// <summary>The document itself; null for a page that is still to be fetched, and once it has been read. One that failed keeps it for another try.</summary>
    public byte[]? Content { get; set; }

    /// <summary>Why it could not be read, in words for people.</summary>
    public string? Error { get; set; }
}
