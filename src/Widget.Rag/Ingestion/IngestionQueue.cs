using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Widget.Rag.Ingestion.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>A text for the import API.</summary>
/// <param name="ExternalId">The importer's own id; importing it again replaces the document.</param>
/// <param name="Description">What the importer says of it.</param>
/// <param name="Content">Its bytes, in the description's media type.</param>
/// <param name="Error">Why it cannot be taken in; it then counts as failed at once.</param>
public sealed record ImportedDocument(string ExternalId, DocumentDescription Description, byte[] Content, string? Error = null);

/// <summary>What can be asked of a job.</summary>
public sealed record JobReport(JobId Id, SourceId SourceId, JobStatus Status, int Total, int Done, string? Error, IReadOnlyList<FailedItem> Failed)
{
    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

public sealed record FailedItem(string ExternalId, string Error);

/// <summary>
/// Takes in documents. Each call commits a job and everything it needs to run, so nothing is lost once it has returned;
/// <see cref="IngestionWorker"/> on any node does the work.
/// </summary>
public sealed class IngestionQueue(KnowledgeDatabase database, IngestionSignal signal)
{
    private const int Batch = 500;
    private const int MostFailuresReported = 1_000;

    /// <summary>Documents sent by the tenant's own programs, all in one job; nothing is taken in when the sender breaks off.</summary>
    public async Task<JobId> ImportAsync(TenantId tenant, IAsyncEnumerable<ImportedDocument> documents, CancellationToken ct)
    {
        var source = await SourceAsync(tenant, SourceKind.Import, "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await CreateAsync(db, source, Discovery.Given, int.MaxValue, ct);
        await foreach (var batch in documents.Chunk(Batch).WithCancellation(ct)) await AddAsync(db, job, batch, ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>A file. Uploading the same name again replaces the document.</summary>
    public async Task<JobId> UploadAsync(TenantId tenant, ImportedDocument file, CancellationToken ct)
    {
        var source = await SourceAsync(tenant, SourceKind.Upload, "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await CreateAsync(db, source, Discovery.Given, 1, ct);
        await AddAsync(db, job, [file], ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>One web page or file on the web.</summary>
    public async Task<JobId> AddPageAsync(TenantId tenant, Uri address, DocumentDescription description, CancellationToken ct)
    {
        var source = await SourceAsync(tenant, SourceKind.Page, "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await CreateAsync(db, source, Discovery.Given, 1, ct);
        await AddPagesAsync(db, job, [PageAddress.Normalize(address)], description, ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>A web site: every page its site map names, or every page that links lead to from a start page.</summary>
    public async Task<JobId> AddSiteAsync(TenantId tenant, Uri address, Discovery discovery, int pageLimit, CancellationToken ct)
    {
        var start = PageAddress.Normalize(address);
        var source = await SourceAsync(tenant, SourceKind.Site, start.AbsoluteUri, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await CreateAsync(db, source, discovery, pageLimit, ct);
        if (discovery == Discovery.Links) await AddPagesAsync(db, job, [start], new DocumentDescription(), ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>Null when the tenant has no such job.</summary>
    public async Task<JobReport?> FindAsync(TenantId tenant, JobId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await db.Jobs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
        if (job is null) return null;
        var failed = await db.Items
            .Where(item => item.JobId == id && item.State == ItemState.Failed)
            .OrderBy(item => item.Ordinal)
            .Select(item => new FailedItem(item.ExternalId, item.Error!))
            .Take(MostFailuresReported)
            .ToListAsync(ct);
        return new JobReport(job.Id, job.SourceId, job.Status, job.Total, job.Done, job.Error, failed)
        {
            CreatedAt = job.CreatedAt,
            FinishedAt = job.FinishedAt,
        };
    }

    /// <summary>Adds pages the job does not know yet, up to its limit.</summary>
    internal static async Task AddPagesAsync(
        KnowledgeDb db,
        IngestionJob job,
        IEnumerable<Uri> pages,
        DocumentDescription description,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            with added as (
              insert into ingestion_items (tenant_id, job_id, external_id, document)
              select $1, $2, page, $4::jsonb || jsonb_build_object('url', page)
              from unnest($3::text[]) with ordinality as listed (page, place)
              where not exists (select from ingestion_items where job_id = $2 and external_id = page)
              order by place
              limit greatest(0, (select page_limit - total from ingestion_jobs where id = $2))
              on conflict do nothing
              returning 1
            )
            update ingestion_jobs set total = total + (select count(*) from added) where id = $2
            """,
            [
                job.TenantId.Value,
                job.Id.Value,
                pages.Select(page => page.AbsoluteUri).Distinct(StringComparer.Ordinal).ToArray(),
                JsonSerializer.Serialize(description, Chunk.Json),
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    // One row a tenant for imports, uploads and single pages; one a site. In a transaction of its own, since an import may take as long
    // as its sender likes, and others must not wait for it.
    private async Task<SourceId> SourceAsync(TenantId tenant, SourceKind kind, string url, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using (var insert = db.Command(
            "insert into sources (tenant_id, id, kind, url) values ($1, $2, $3, $4) on conflict (tenant_id, kind, url) do nothing",
            [tenant.Value, SourceId.New().Value, kind.ToString().ToLowerInvariant(), url]))
        {
            await insert.ExecuteNonQueryAsync(ct);
        }

        var source = await db.Sources.Where(row => row.Kind == kind && row.Url == url).Select(row => row.Id).SingleAsync(ct);
        await db.CommitAsync(ct);
        return source;
    }

    private static async Task<IngestionJob> CreateAsync(KnowledgeDb db, SourceId source, Discovery discovery, int pageLimit, CancellationToken ct)
    {
        var job = new IngestionJob { TenantId = db.TenantId, Id = JobId.New(), SourceId = source, Discovery = discovery, PageLimit = pageLimit };
        db.Jobs.Add(job);
        await db.SaveChangesAsync(ct);
        return job;
    }

    private static async Task AddAsync(KnowledgeDb db, IngestionJob job, IReadOnlyCollection<ImportedDocument> documents, CancellationToken ct)
    {
        // The last of several with one id wins, within a batch here and between batches in the statement.
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
                    Value = last.Select(document => JsonSerializer.Serialize(document.Description, Chunk.Json)).ToArray(),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb,
                },
                last.Select(document => document.Content).ToArray(),
                last.Select(document => document.Error).ToArray(),
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<JobId> CommitAsync(KnowledgeDb db, IngestionJob job, CancellationToken ct)
    {
        await using var count = db.Command(
            "update ingestion_jobs set total = (select count(*) from ingestion_items where job_id = $1) where id = $1",
            [job.Id.Value]);
        await count.ExecuteNonQueryAsync(ct);
        await db.Database.CommitTransactionAsync(ct);
        signal.Raise();
        return job.Id;
    }
}
