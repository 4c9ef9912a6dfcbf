using NpgsqlTypes;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion;

/// <summary>Ends what a job had to read.</summary>
internal static class JobItems
{
    /// <summary>Marks a batch's items, counts them, and lets what failed before and has now been tried again rest.</summary>
    public static async Task EndAsync(KnowledgeDb db, IngestionJob job, List<IngestionItem> batch, Dictionary<IngestionItem, ItemOutcome> outcomes, CancellationToken ct)
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
                  external_id = outcome.name,
                  document = item.document || jsonb_strip_nulls(jsonb_build_object('asideFor', outcome.aside)),
                  content = case when outcome.error is null then null else item.content end
              from unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) as outcome (ordinal, error, name, aside)
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
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static Npgsql.NpgsqlParameter Texts(IEnumerable<string?> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
