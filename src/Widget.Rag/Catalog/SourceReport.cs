using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>A source and its state.</summary>
public sealed record SourceReport(
    SourceId Id,
    SourceKind Kind,
    string Name,
    string Url,
    IReadOnlyList<string> Tags,
    CrawlRules Rules,
    Schedule Schedule)
{
    public string Name { get; } = VisibleText.Line(Name);

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Time of the next scheduled crawl.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    public bool Deleting { get; init; }

    public int Documents { get; init; }

    public long Passages { get; init; }

    /// <summary>Number of documents whose latest attempt failed.</summary>
    public int Failed { get; init; }

    /// <summary>The queued or running job, otherwise the last one; null when there has been none.</summary>
    public JobId? Job { get; init; }

    public JobStatus? Status { get; init; }

    /// <summary>Number of documents done in that job, and number known so far.</summary>
    public int Done { get; init; }

    public int Total { get; init; }

    /// <summary>When its last finished job ended.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>Error of the last job, or of its latest failed document; null when nothing failed.</summary>
    public string? LastError { get; init; }

    /// <summary>What its last finished crawl left out or found suspicious, in plain words.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    // Query plan: sources by primary key, then one index range for each source's jobs, documents and failed items.
    internal static async Task<List<SourceReport>> ReadAsync(
        TenantDb db,
        SourceId? id,
        SourceKind? kind,
        int offset,
        int limit,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select source.id, source.kind, source.name, source.url, source.tags, source.rules,
                   source.schedule, source.created_at, source.next_crawl_at,
                   source.deleted_at is not null, counted.documents, counted.passages, failures.count,
                   job.id, job.status, job.done, job.total,
                   ended.finished_at, coalesce(ended.error, failures.latest), ended.crawl_notices
            from sources source
            cross join lateral (
              select count(*)::int as documents, coalesce(sum(chunk_count), 0) as passages from documents where source_id = source.id
            ) counted
            cross join lateral (
              select count(*)::int as count, (array_agg(item.error order by item.ordinal desc))[1] as latest
              from ingestion_jobs of join ingestion_items item on item.tenant_id = of.tenant_id and item.job_id = of.id
              where of.source_id = source.id and item.state = 'failed' and not item.superseded
            ) failures
            left join lateral (
              select id, status, done, total from ingestion_jobs where source_id = source.id
              order by finished_at is null desc, started_at is null, created_at desc limit 1
            ) job on true
            left join lateral (
              select finished_at, error, crawl_notices from ingestion_jobs where source_id = source.id and finished_at is not null
              order by created_at desc limit 1
            ) ended on true
            where ($1::uuid is null or source.id = $1) and ($2::text is null or source.kind = $2)
            order by source.created_at, source.id
            offset $3 limit $4
            """,
            [
                new NpgsqlParameter { Value = (object?)id?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new NpgsqlParameter
                {
                    Value = (object?)kind?.ToString().ToLowerInvariant() ?? DBNull.Value,
                    NpgsqlDbType = NpgsqlDbType.Text,
                },
                offset,
                limit,
            ]);
        await using var row = await command.ExecuteReaderAsync(ct);
        var reports = new List<SourceReport>();
        while (await row.ReadAsync(ct))
        {
            T? Maybe<T>(int column)
                where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
            reports.Add(new SourceReport(
                new SourceId(row.GetGuid(0)),
                Enum.Parse<SourceKind>(row.GetString(1), true),
                row.GetString(2),
                row.GetString(3),
                row.GetFieldValue<string[]>(4),
                JsonSerializer.Deserialize<CrawlRules>(row.GetString(5), KnowledgeJson.Options)!,
                Enum.Parse<Schedule>(row.GetString(6), true))
            {
                CreatedAt = row.GetFieldValue<DateTimeOffset>(7),
                NextRunAt = Maybe<DateTimeOffset>(8),
                Deleting = row.GetBoolean(9),
                Documents = row.GetInt32(10),
                Passages = row.GetInt64(11),
                Failed = row.GetInt32(12),
                Job = Maybe<Guid>(13) is { } job ? new JobId(job) : null,
                Status = row.IsDBNull(14) ? null : Enum.Parse<JobStatus>(row.GetString(14), true),
                Done = Maybe<int>(15) ?? 0,
                Total = Maybe<int>(16) ?? 0,
                LastRunAt = Maybe<DateTimeOffset>(17),
                LastError = row.IsDBNull(18) ? null : row.GetString(18),
                Notices = row.IsDBNull(19) ? [] : row.GetFieldValue<string[]>(19),
            });
        }

        return reports;
    }
}
