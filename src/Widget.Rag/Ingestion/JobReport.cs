using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>State of a job.</summary>
public sealed record JobReport(
    JobId Id,
    SourceId SourceId,
    JobStatus Status,
    int Total,
    int Done,
    string? Error,
    IReadOnlyList<FailedItem> Failed)
{
    private const int MaxReported = 1_000;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Documents that were read only in part.</summary>
    public IReadOnlyList<NoticedItem> Notices { get; init; } = [];

    internal static async Task<JobReport?> ReadAsync(TenantDb db, JobId id, CancellationToken ct)
    {
        var job = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
        if (job is null) return null;
        var failed = await db.Items
            .Where(item => item.JobId == id && item.State == ItemState.Failed)
            .OrderBy(item => item.Ordinal)
            .Select(item => new FailedItem(item.ExternalId, item.Error!))
            .Take(MaxReported)
            .ToListAsync(ct);
        var noticed = await db.Items
            .Where(item => item.JobId == id && item.Notice != null)
            .OrderBy(item => item.Ordinal)
            .Select(item => new NoticedItem(item.ExternalId, item.Notice!))
            .Take(MaxReported)
            .ToListAsync(ct);
        return new JobReport(job.Id, job.SourceId, job.Status, job.Total, job.Done, job.Error, failed)
        {
            CreatedAt = job.CreatedAt,
            FinishedAt = job.FinishedAt,
            Notices = noticed,
        };
    }
}

public sealed record FailedItem(string ExternalId, string Error);

public sealed record NoticedItem(string ExternalId, string Notice);
