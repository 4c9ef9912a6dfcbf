using System.Text.Json;
using NpgsqlTypes;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>Creates jobs and their items in the caller's transaction.</summary>
internal static class JobCreation
{
    internal static async Task<IngestionJob> CreateAsync(
        TenantDb db,
        SourceId source,
        Discovery discovery,
        int pageLimit,
        CancellationToken ct,
        JobWork work = JobWork.Ingest)
    {
        var job = new IngestionJob
        {
            TenantId = db.TenantId,
            Id = JobId.New(),
            SourceId = source,
            Discovery = discovery,
            PageLimit = pageLimit,
            Work = work,
        };
        db.Jobs.Add(job);
        await db.SaveChangesAsync(ct);
        return job;
    }

    internal static async Task AddAsync(
        TenantDb db,
        IngestionJob job,
        IReadOnlyCollection<ImportedDocument> documents,
        CancellationToken ct)
    {
        // If an id occurs several times, the last document wins: here within a batch, in the statement between batches.
        var last = documents.GroupBy(document => document.ExternalId, StringComparer.Ordinal).Select(same => same.Last()).ToArray();
        await using var command = db.Command(
            """
            insert into ingestion_items (tenant_id, job_id, external_id, document, content, error, state)
            select $1, $2, external_id, document, content, error, case when error is null then 'waiting' else 'failed' end
            from unnest($3::text[], $4::jsonb[], $5::bytea[], $6::text[]) as given (external_id, document, content, error)
            on conflict (tenant_id, job_id, external_id) do update
              set document = excluded.document, content = excluded.content, error = excluded.error, state = excluded.state
            """,
            [
                job.TenantId.Value,
                job.Id.Value,
                last.Select(document => document.ExternalId).ToArray(),
                new Npgsql.NpgsqlParameter
                {
                    Value = last.Select(document => JsonSerializer.Serialize(document.Description, KnowledgeJson.Options)).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
                },
                last.Select(document => document.Content).ToArray(),
                last.Select(document => document.Error).ToArray(),
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    internal static async Task CountAsync(TenantDb db, IngestionJob job, CancellationToken ct)
    {
        await using var count = db.Command(
            "update ingestion_jobs set total = (select count(*) from ingestion_items where job_id = $1) where id = $1",
            [job.Id.Value]);
        await count.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Queues a typed entry in the caller's transaction. Replaces a version of it that is still waiting.</summary>
    internal static async Task AddTypedAsync(TenantDb db, SourceId source, ITypedEntry entry, CancellationToken ct)
    {
        await WithdrawAsync(db, source, entry.ExternalId, ct);
        var job = await CreateAsync(db, source, Discovery.Given, 1, ct);
        await AddAsync(db, job, [entry.ToDocument()], ct);
        await CountAsync(db, job, ct);
    }

    /// <summary>
    /// Withdraws the waiting and running items of a document. A worker that is reading it finds them gone and does not store the document.
    /// </summary>
    internal static async Task WithdrawAsync(TenantDb db, SourceId source, string externalId, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            delete from ingestion_items item using ingestion_jobs job
            where job.tenant_id = item.tenant_id and job.id = item.job_id and job.source_id = $1 and item.external_id = $2
            """,
            [source.Value, externalId]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Creates a job that crawls a page or site, in the caller's transaction. Earlier failures no longer count.</summary>
    internal static async Task<IngestionJob> CrawlAsync(TenantDb db, Source source, CancellationToken ct)
    {
        await using (var supersede = db.Command(
            """
            update ingestion_items item set superseded = true
            from ingestion_jobs job
            where job.id = item.job_id and job.source_id = $1 and item.state = 'failed' and not item.superseded
            """,
            [source.Id.Value]))
        {
            await supersede.ExecuteNonQueryAsync(ct);
        }

        var rules = source.Rules;
        var page = source.Kind == SourceKind.Page;
        var job = await CreateAsync(db, source.Id, page ? Discovery.Given : rules.Discovery, page ? 1 : rules.PageLimit, ct);
        var description = new DocumentDescription { Title = page ? rules.Title : null, Language = page ? rules.Language : null };
        if (page || rules.Discovery == Discovery.Links)
            await AddPagesAsync(db, job, [new ListedPage(new Uri(source.Url))], description, depth: 0, ct);
        await CountAsync(db, job, ct);
        return job;
    }

    /// <summary>Adds pages that the job does not have yet, up to its limit. If the limit cuts pages off, the job is incomplete.</summary>
    internal static async Task AddPagesAsync(
        TenantDb db,
        IngestionJob job,
        IReadOnlyCollection<ListedPage> pages,
        DocumentDescription description,
        short depth,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            with wanted as materialized (
              select distinct on (page) page, modified, place
              from unnest($3::text[], $5::text[]) with ordinality as listed (page, modified, place)
              -- A page whose name has changed is also identified by the address at which it was found.
              where not exists (select from ingestion_items where job_id = $2 and external_id = page offset 0)
                and not exists (select from ingestion_items where job_id = $2 and address = page offset 0)
              order by page, place
            ), added as (
              insert into ingestion_items (tenant_id, job_id, external_id, document, depth)
              select $1, $2, page, $4::jsonb || jsonb_strip_nulls(jsonb_build_object('url', page, 'modified', modified)), $6
              from wanted
              order by place
              limit greatest(0, (select page_limit - total from ingestion_jobs where id = $2))
              on conflict do nothing
              returning 1
            )
            update ingestion_jobs
            set total = total + (select count(*) from added),
                complete = complete and (select count(*) from added) = (select count(*) from wanted)
            where id = $2
            """,
            [
                job.TenantId.Value,
                job.Id.Value,
                pages.Select(page => page.Address.AbsoluteUri).ToArray(),
                JsonSerializer.Serialize(description, KnowledgeJson.Options),
                new Npgsql.NpgsqlParameter
                {
                    Value = pages.Select(page => page.Modified?.ToString("O")).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                },
                depth,
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }
}
