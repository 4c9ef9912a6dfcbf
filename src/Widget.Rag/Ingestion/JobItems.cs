using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Ingestion;

/// <summary>Reads and writes the items of a job.</summary>
internal static class JobItems
{
    private const int ContentBatch = 64;
    private const int BatchBytes = 32 << 20;
    private const short MaxAttempts = 3;

    /// <summary>
    /// Claims the next items, at least one if any is left. Items of a node that died are claimed again. An item that crashed its
    /// reader too often fails; it keeps its content, so that a person can retry it.
    /// </summary>
    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="job">The job.</param>
    /// <param name="pages">Maximum number of items that must be fetched.</param>
    /// <param name="lane">The quick lane skips slow items.</param>
    /// <param name="ct">Cancels the operation.</param>
    public static async Task<List<IngestionItem>> TakeAsync(TenantDb db, IngestionJob job, int pages, JobLane lane, CancellationToken ct)
    {
        var givenUp = await db.Items
            .Where(item => item.JobId == job.Id && item.State == ItemState.Working && item.Attempts >= MaxAttempts)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(item => item.State, ItemState.Failed)
                    .SetProperty(
                        item => item.Error,
                        $"This document crashed the importer {MaxAttempts} times, so it was skipped."),
                ct);
        if (givenUp > 0)
            await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Complete, false), ct);
        var unfinished = db.Items.Where(item =>
            item.JobId == job.Id && (item.State == ItemState.Waiting || item.State == ItemState.Working));
        if (lane == JobLane.Quick) unfinished = unfinished.Where(item => !item.Slow);
        var next = await unfinished.OrderBy(item => item.Ordinal).Take(ContentBatch)
            .Select(item => new { item.Ordinal, item.Attempts, item.Slow, Bytes = item.Content == null ? (int?)null : item.Content.Length })
            .ToListAsync(ct);
        if (next.Count == 0) return [];

        // A document that has crashed its reader is read alone, so that others do not fail with it. A slow document is read alone too.
        var size = next[0].Attempts > 0 || next[0].Slow ? 1 : next[0].Bytes is null ? pages : ContentBatch;
        var bytes = 0L;
        var taken = next
            .Take(size)
            .TakeWhile((item, i) => ((bytes += item.Bytes ?? 0) <= BatchBytes && !item.Slow) || i == 0)
            .Select(item => item.Ordinal)
            .ToList();
        var batch = await db.Items
            .AsNoTracking()
            .Where(item => item.JobId == job.Id && taken.Contains(item.Ordinal))
            .OrderBy(item => item.Ordinal)
            .ToListAsync(ct);
        await db.Items.Where(item => item.JobId == job.Id && taken.Contains(item.Ordinal)).ExecuteUpdateAsync(
            set => set
                .SetProperty(item => item.State, ItemState.Working)
                .SetProperty(item => item.Attempts, item => (short)(item.Attempts + 1)),
            ct);
        return batch;
    }

    /// <summary>Whether any item is left to read.</summary>
    public static Task<bool> AnyLeftAsync(TenantDb db, JobId job, CancellationToken ct) =>
        db.Items.AnyAsync(item => item.JobId == job && (item.State == ItemState.Waiting || item.State == ItemState.Working), ct);

    /// <summary>Marks items as slow.</summary>
    public static async Task MarkSlowAsync(TenantDb db, JobId job, List<IngestionItem> slow, CancellationToken ct)
    {
        var ordinals = slow.ConvertAll(item => item.Ordinal);
        await db.Items.Where(item => item.JobId == job && ordinals.Contains(item.Ordinal))
            .ExecuteUpdateAsync(set => set.SetProperty(item => item.Slow, true), ct);
    }

    /// <summary>Returns items to the queue as they were before they were taken.</summary>
    public static async Task ReturnAsync(TenantDb db, JobId job, List<IngestionItem> batch, CancellationToken ct)
    {
        var taken = batch.ConvertAll(item => item.Ordinal);
        await db.Items.Where(item => item.JobId == job && taken.Contains(item.Ordinal) && item.State == ItemState.Working)
            .ExecuteUpdateAsync(
            set => set
                .SetProperty(item => item.State, ItemState.Waiting)
                .SetProperty(item => item.Attempts, item => (short)(item.Attempts - 1)),
            ct);
    }

    /// <summary>Fails the unread items of a job that ends early. They count as tried, so that they can be retried.</summary>
    public static async Task FailUnfinishedAsync(TenantDb db, JobId job, string error, CancellationToken ct) =>
        await db.Items.Where(item => item.JobId == job && (item.State == ItemState.Waiting || item.State == ItemState.Working))
            .ExecuteUpdateAsync(
            set => set
                .SetProperty(item => item.State, ItemState.Failed)
                .SetProperty(item => item.Attempts, item => item.Attempts == 0 ? (short)1 : item.Attempts)
                .SetProperty(item => item.Error, error),
            ct);

    /// <summary>Records the results of a batch, counts them, and supersedes earlier failures of the same documents.</summary>
    public static async Task CompleteAsync(
        TenantDb db,
        IngestionJob job,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        await using (var supersede = db.Command(
            """
            update ingestion_items item
            set superseded = true, content = null
            from ingestion_jobs job
            where item.external_id = any($3) and item.state = 'failed' and not item.superseded
              and job.id = item.job_id and job.source_id = $1 and job.id <> $2
            """,
            [job.SourceId.Value, job.Id.Value, batch.Select(item => item.ExternalId).ToArray()]))
        {
            await supersede.ExecuteNonQueryAsync(ct);
        }

        await using var command = db.Command(
            """
            with ended as (
              update ingestion_items item
              set state = case when outcome.error is null then 'ready' else 'failed' end,
                  error = outcome.error,
                  notice = outcome.notice,
                  external_id = outcome.name,
                  finding = outcome.finding,
                  text_sample = outcome.text_sample::bigint[],
                  document = item.document || jsonb_strip_nulls(jsonb_build_object('asideFor', outcome.duplicate_of)),
                  content = case when outcome.error is null then null else item.content end
              from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $7::text[], $8::text[], $9::text[])
                   as outcome (ordinal, error, name, duplicate_of, notice, finding, text_sample)
              where item.job_id = $1 and item.ordinal = outcome.ordinal
              returning item.state
            )
            update ingestion_jobs
            set done = done + (select count(*) from ended where state = 'ready'), faults = 0, complete = complete and not $6
            where id = $1
            """,
            [
                job.Id.Value,
                batch.Select(item => item.Ordinal).ToArray(),
                Texts(batch.Select(item => outcomes[item].Error)),
                Texts(batch.Select(item => outcomes[item].ExternalId)),
                Texts(batch.Select(item => outcomes[item].DuplicateOf)),
                batch.Exists(item => outcomes[item].IsInconclusive),
                Texts(batch.Select(item => outcomes[item].Document?.Notice)),
                Texts(batch.Select(item => outcomes[item].Finding?.ToString().ToLowerInvariant())),
                Texts(batch.Select(item => outcomes[item].TextSample is { } sample ? $"{{{string.Join(',', sample)}}}" : null)),
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Npgsql.NpgsqlParameter Texts(IEnumerable<string?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
