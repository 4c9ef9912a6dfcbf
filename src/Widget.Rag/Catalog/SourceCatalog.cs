using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>Result of a request to run a source.</summary>
/// <param name="Found">Whether the tenant has the source.</param>
/// <param name="Job">The job; null when there is nothing to do.</param>
public sealed record SourceRun(bool Found, JobId? Job = null)
{
    /// <summary>Why there is nothing to do, in plain words.</summary>
    public string? Reason { get; init; }
}

/// <summary>Changes to a source. Null properties stay unchanged.</summary>
public sealed record SourceChange(string? Name, IReadOnlyList<string>? Tags, Schedule? Schedule, Func<CrawlRules, CrawlRules>? Rules);

/// <summary>Manages a tenant's sources.</summary>
public sealed class SourceCatalog(TenantDatabase database, IngestionQueue queue, TimeProvider clock)
{
    /// <summary>Returns a page of the tenant's sources, oldest first, and the total number.</summary>
    public async Task<(IReadOnlyList<SourceReport> Sources, int Total)> ListAsync(
        TenantId tenant,
        SourceKind? kind,
        int offset,
        int limit,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var total = await db.Sources.CountAsync(source => kind == null || source.Kind == kind, ct);
        return (await SourceReport.ReadAsync(db, id: null, kind, offset, limit, ct), total);
    }

    /// <summary>Returns a source; null when the tenant has none with this id.</summary>
    public async Task<SourceReport?> FindAsync(TenantId tenant, SourceId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return (await SourceReport.ReadAsync(db, id, kind: null, 0, 1, ct)).SingleOrDefault();
    }

    /// <summary>
    /// Creates a source and, for a page or site, queues its first crawl. Returns null when the tenant already has a source with this
    /// address or name.
    /// </summary>
    public async Task<SourceId?> CreateAsync(
        TenantId tenant,
        SourceKind kind,
        string name,
        Uri? address,
        IReadOnlyList<string> tags,
        Schedule schedule,
        CrawlRules rules,
        CancellationToken ct)
    {
        var url = address is null ? "" : PageAddress.Normalize(address).AbsoluteUri;
        await using var db = await database.BeginAsync(tenant, ct);
        var id = SourceId.New();
        await using (var insert = db.Command(
            "insert into sources (tenant_id, id, kind, url, name) values ($1, $2, $3, $4, $5) on conflict do nothing",
            [tenant.Value, id.Value, kind.ToString().ToLowerInvariant(), url, name]))
        {
            if (await insert.ExecuteNonQueryAsync(ct) == 0) return null;
        }

        var source = await db.Sources.SingleAsync(row => row.Id == id, ct);
        source.Tags = [.. tags.Distinct(StringComparer.Ordinal)];
        source.Rules = rules;
        SetSchedule(source, schedule);
        await db.SaveChangesAsync(ct);
        if (IsFetched(source)) await JobCreation.CrawlAsync(db, source, ct);
        await db.CommitAsync(ct);
        queue.Raise();
        return id;
    }

    /// <summary>
    /// Changes a source. Returns false when the tenant has no such source or it is being deleted, and null when another source has the
    /// name.
    /// </summary>
    public async Task<bool?> ChangeAsync(TenantId tenant, SourceId id, SourceChange change, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await LockedAsync(db, id, ct) is not { } source) return false;
        var named = source.Kind is SourceKind.Import or SourceKind.Upload;
        if (change.Name is { } name && named
            && await db.Sources.AnyAsync(
                row => row.Kind == source.Kind && row.Name == name && row.Id != id && row.DeletedAt == null,
                ct)) return null;
        source.Name = change.Name ?? source.Name;
        if (change.Rules is { } rules) source.Rules = rules(source.Rules);
        if (change.Schedule is { } schedule && schedule != source.Schedule) SetSchedule(source, schedule);
        if (change.Tags is { } tags) await SourceTags.SetAsync(db, source, tags, ct);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>
    /// Starts deleting a source: cancels its jobs and queues one that deletes everything that came from it. Returns false when the tenant
    /// has no such source.
    /// </summary>
    public async Task<bool> DeleteAsync(TenantId tenant, SourceId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await LockedAsync(db, id, ct) is not { } source) return await db.Sources.AnyAsync(row => row.Id == id, ct);
        source.DeletedAt = clock.GetUtcNow();
        source.NextCrawlAt = null;
        await db.SaveChangesAsync(ct);
        // A worker that still has one of these jobs finds it ended and commits nothing.
        await using (var stop = db.Command(
            """
            update ingestion_jobs set status = 'failed', error = 'The source was deleted.',
            finished_at = now(), lease_owner = null, lease_until = null
            where source_id = $1 and finished_at is null
            """,
            [id.Value]))
        {
            await stop.ExecuteNonQueryAsync(ct);
        }

        await JobCreation.CreateAsync(db, id, Discovery.Given, 0, ct, JobWork.Delete);
        await db.CommitAsync(ct);
        queue.Raise();
        return true;
    }

    /// <summary>Crawls a page or site again now. If a crawl is already queued or running, returns that one.</summary>
    public Task<SourceRun> CrawlAsync(TenantId tenant, SourceId id, CancellationToken ct) =>
        RunAsync(tenant, id, (db, source) => IsFetched(source)
            ? CrawlAsync(db, source, ct)
            : Task.FromResult(
                new SourceRun(true)
                {
                    Reason = "Only pages and sites can be crawled again. Send the documents of other sources again.",
                }), ct);

    /// <summary>Retries failed documents. Pages and sites are crawled again as a whole.</summary>
    public Task<SourceRun> RetryAsync(TenantId tenant, SourceId id, CancellationToken ct) =>
        RunAsync(tenant, id, (db, source) => IsFetched(source) ? CrawlAsync(db, source, ct) : RetryAsync(db, source, ct), ct);

    private async Task<SourceRun> RunAsync(TenantId tenant, SourceId id, Func<TenantDb, Source, Task<SourceRun>> run, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await LockedAsync(db, id, ct) is not { } source) return new SourceRun(Found: false);
        var result = await run(db, source);
        if (result.Job is null) return result;
        await db.CommitAsync(ct);
        queue.Raise();
        return result;
    }

    private async Task<SourceRun> CrawlAsync(TenantDb db, Source source, CancellationToken ct)
    {
        SetSchedule(source, source.Schedule);
        var running = await db.Jobs
            .Where(job => job.SourceId == source.Id && job.FinishedAt == null)
            .OrderBy(job => job.CreatedAt)
            .Select(job => (JobId?)job.Id)
            .FirstOrDefaultAsync(ct);
        return new SourceRun(true, running ?? (await JobCreation.CrawlAsync(db, source, ct)).Id);
    }

    // Documents that were rejected on import, or that repeatedly crashed their reader, have no content left to read.
    private static async Task<SourceRun> RetryAsync(TenantDb db, Source source, CancellationToken ct)
    {
        var jobs = db.Jobs;
        var failed = db.Items.Where(item => item.State == ItemState.Failed && !item.Superseded
            && jobs.Any(job => job.Id == item.JobId && job.SourceId == source.Id && job.FinishedAt != null));
        if (!await failed.AnyAsync(ct))
            return new SourceRun(true) { Reason = "No document of this source has failed, so there is nothing to retry." };
        if (!await failed.AnyAsync(item => item.Content != null && item.Attempts > 0, ct))
            return new SourceRun(true) { Reason = "The failed documents cannot be retried as they are. Correct them and send them again." };

        var job = await JobCreation.CreateAsync(db, source.Id, Discovery.Given, int.MaxValue, ct);
        await using var command = db.Command(
            """
            with failed as (
              select item.tenant_id, item.job_id, item.ordinal, item.external_id, item.document, item.content
              from ingestion_items item join ingestion_jobs job on job.tenant_id = item.tenant_id and job.id = item.job_id
              where job.source_id = $1 and job.finished_at is not null and item.state = 'failed' and not item.superseded
                and item.content is not null and item.attempts > 0
            ), again as (
              insert into ingestion_items (tenant_id, job_id, external_id, document, content)
              select distinct on (external_id) tenant_id, $2, external_id, document, content from failed order by external_id, ordinal desc
            )
            update ingestion_items item set superseded = true, content = null
            from failed where item.tenant_id = failed.tenant_id and item.job_id = failed.job_id and item.ordinal = failed.ordinal
            """,
            [source.Id.Value, job.Id.Value]);
        await command.ExecuteNonQueryAsync(ct);
        await JobCreation.CountAsync(db, job, ct);
        return new SourceRun(true, job.Id);
    }

    // Also null while the source is being deleted.
    private static async Task<Source?> LockedAsync(TenantDb db, SourceId id, CancellationToken ct)
    {
        await using (var hold = db.Command("select from sources where id = $1 for no key update", [id.Value]))
            await hold.ExecuteNonQueryAsync(ct);
        return await db.Sources.SingleOrDefaultAsync(row => row.Id == id && row.DeletedAt == null, ct);
    }

    private void SetSchedule(Source source, Schedule schedule)
    {
        source.Schedule = schedule;
        source.NextCrawlAt = IsFetched(source) ? RecrawlTime.Next(schedule, clock.GetUtcNow(), Random.Shared.NextDouble()) : null;
    }

    private static bool IsFetched(Source source) => source.Kind is SourceKind.Page or SourceKind.Site;
}
