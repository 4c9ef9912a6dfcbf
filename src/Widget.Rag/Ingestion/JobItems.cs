using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Ingestion;

/// <summary>Takes what a job has to read, and ends it.</summary>
internal static class JobItems
{
    private const int ContentBatch = 64;
    private const int BatchBytes = 32 << 20;
    private const short MostAttempts = 3;

    /// <summary>
    /// Takes the next items into work, at least one when there is any. Those that a dead node left in work are taken again; one that has ended
    /// its reader too often is given up, with its content, so that a person may have it tried again.
    /// </summary>
    /// <param name="db">An open transaction of the tenant.</param>
    /// <param name="job">Whose items.</param>
    /// <param name="pages">Most of them when they have to be fetched.</param>
    /// <param name="lane">The quick lane leaves out what takes long.</param>
    /// <param name="ct">Ends the work.</param>
    public static async Task<List<IngestionItem>> TakeAsync(TenantDb db, IngestionJob job, int pages, JobLane lane, CancellationToken ct)
    {
        var givenUp = await db.Items
            .Where(item => item.JobId == job.Id && item.State == ItemState.Working && item.Attempts >= MostAttempts)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(item => item.State, ItemState.Failed)
                    .SetProperty(item => item.Error, $"Reading this document stopped the importer {MostAttempts} times, so it was given up."),
                ct);
        if (givenUp > 0) await db.Jobs.Where(row => row.Id == job.Id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Complete, false), ct);
        var unfinished = db.Items.Where(item =>
            item.JobId == job.Id && (item.State == ItemState.Waiting || item.State == ItemState.Working));
        if (lane == JobLane.Quick) unfinished = unfinished.Where(item => !item.Slow);
        var next = await unfinished.OrderBy(item => item.Ordinal).Take(ContentBatch)
            .Select(item => new { item.Ordinal, item.Attempts, item.Slow, Bytes = item.Content == null ? (int?)null : item.Content.Length })
            .ToListAsync(ct);
        if (next.Count == 0) return [];

        // A document that has failed its reader before is tried alone, so that it cannot take others down with it; and so is one that takes long.
        var size = next[0].Attempts > 0 || next[0].Slow ? 1 : next[0].Bytes is null ? pages : ContentBatch;
        var bytes = 0L;
        var taken = next.Take(size).TakeWhile((item, i) => ((bytes += item.Bytes ?? 0) <= BatchBytes && !item.Slow) || i == 0).Select(item => item.Ordinal).ToList();
        var batch = await db.Items.AsNoTracking().Where(item => item.JobId == job.Id && taken.Contains(item.Ordinal)).OrderBy(item => item.Ordinal).ToListAsync(ct);
        await db.Items.Where(item => item.JobId == job.Id && taken.Contains(item.Ordinal)).ExecuteUpdateAsync(
            set => set
                .SetProperty(item => item.State, ItemState.Working)
                .SetProperty(item => item.Attempts, item => (short)(item.Attempts + 1)),
            ct);
        return batch;
    }

    /// <summary>Whether something is left to be read.</summary>
    public static Task<bool> AnyLeftAsync(TenantDb db, JobId job, CancellationToken ct) =>
        db.Items.AnyAsync(item => item.JobId == job && (item.State == ItemState.Waiting || item.State == ItemState.Working), ct);

    /// <summary>Notes which items take long.</summary>
    public static async Task NoteSlowAsync(TenantDb db, JobId job, List<IngestionItem> slow, CancellationToken ct)
    {
        var ordinals = slow.ConvertAll(item => item.Ordinal);
        await db.Items.Where(item => item.JobId == job && ordinals.Contains(item.Ordinal)).ExecuteUpdateAsync(set => set.SetProperty(item => item.Slow, true), ct);
    }

    /// <summary>Puts items back as they were before they were taken into work.</summary>
    public static async Task GiveBackAsync(TenantDb db, JobId job, List<IngestionItem> batch, CancellationToken ct)
    {
        var taken = batch.ConvertAll(item => item.Ordinal);
        await db.Items.Where(item => item.JobId == job && taken.Contains(item.Ordinal) && item.State == ItemState.Working).ExecuteUpdateAsync(
            set => set
                .SetProperty(item => item.State, ItemState.Waiting)
                .SetProperty(item => item.Attempts, item => (short)(item.Attempts - 1)),
            ct);
    }

    /// <summary>Fails what a job that ends early has not read. It counts as tried, so that it can be tried again.</summary>
    public static async Task FailUnfinishedAsync(TenantDb db, JobId job, string error, CancellationToken ct) =>
        await db.Items.Where(item => item.JobId == job && (item.State == ItemState.Waiting || item.State == ItemState.Working)).ExecuteUpdateAsync(
            set => set
                .SetProperty(item => item.State, ItemState.Failed)
                .SetProperty(item => item.Attempts, item => item.Attempts == 0 ? (short)1 : item.Attempts)
                .SetProperty(item => item.Error, error),
            ct);

    /// <summary>Marks a batch's items, counts them, and lets what failed before and has now been tried again rest.</summary>
    public static async Task EndAsync(TenantDb db, IngestionJob job, List<IngestionItem> batch, Dictionary<IngestionItem, ItemOutcome> outcomes, CancellationToken ct)
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
                  document = item.document || jsonb_strip_nulls(jsonb_build_object('asideFor', outcome.aside)),
                  content = case when outcome.error is null then null else item.content end
              from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $7::text[]) as outcome (ordinal, error, name, aside, notice)
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
                Texts(batch.Select(item => outcomes[item].AsideFor)),
                batch.Exists(item => outcomes[item].Unknown),
                Texts(batch.Select(item => outcomes[item].Document?.Notice)),
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Npgsql.NpgsqlParameter Texts(IEnumerable<string?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
