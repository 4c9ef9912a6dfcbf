using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>What can be asked of a job.</summary>
public sealed record JobReport(JobId Id, SourceId SourceId, JobStatus Status, int Total, int Done, string? Error, IReadOnlyList<FailedItem> Failed)
{
    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What was read in part.</summary>
    public IReadOnlyList<NoticedItem> Notices { get; init; } = [];
}

public sealed record FailedItem(string ExternalId, string Error);

public sealed record NoticedItem(string ExternalId, string Notice);

/// <summary>
/// Takes in documents. Each call commits a job and everything it needs to run, so nothing is lost once it has returned;
/// <see cref="IngestionWorker"/> on any node does the work.
/// </summary>
public sealed class IngestionQueue(TenantDatabase database, WakeUpSignal<IngestionWorker> signal)
{
    private const int Batch = 500;
    private const int BatchBytes = 16 << 20;
    private const int MostFailuresReported = 1_000;

    /// <summary>Documents sent by the tenant's own programs, all in one job; nothing is taken in when the sender breaks off.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="documents">What is sent.</param>
    /// <param name="ct">Ends the work.</param>
    /// <param name="source">Name of the source, which is made when there is none; empty for the default one.</param>
    public async Task<JobId> ImportAsync(TenantId tenant, IAsyncEnumerable<ImportedDocument> documents, CancellationToken ct, string source = "")
    {
        var id = await SourceAsync(tenant, SourceKind.Import, "", source, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await CreateAsync(db, id, Discovery.Given, int.MaxValue, ct);
        var (batch, bytes) = (new List<ImportedDocument>(), 0);
        await foreach (var document in documents.WithCancellation(ct))
        {
            batch.Add(document);
            bytes += document.Content.Length;
            if (batch.Count < Batch && bytes < BatchBytes) continue;
            await AddAsync(db, job, batch, ct);
            batch.Clear();
            bytes = 0;
        }

        if (batch.Count > 0) await AddAsync(db, job, batch, ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>A file. Uploading the same name to the same source again replaces the document.</summary>
    public async Task<JobId> UploadAsync(TenantId tenant, ImportedDocument file, CancellationToken ct, string source = "")
    {
        var id = await SourceAsync(tenant, SourceKind.Upload, "", source, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await CreateAsync(db, id, Discovery.Given, 1, ct);
        await AddAsync(db, job, [file], ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>One web page or file on the web, a source of its own. What is said of it replaces what was said before.</summary>
    public async Task<JobId> AddPageAsync(TenantId tenant, Uri address, DocumentDescription description, CancellationToken ct)
    {
        var id = await SourceAsync(tenant, SourceKind.Page, PageAddress.Normalize(address).AbsoluteUri, "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var source = await db.Sources.SingleAsync(row => row.Id == id, ct);
        source.Rules = new CrawlRules { Discovery = Discovery.Given, PageLimit = 1, Title = description.Title, Language = description.Language };
        await SourceTags.SetAsync(db, source, description.Tags, ct);
        return await CommitAsync(db, await CrawlAsync(db, source, ct), ct);
    }

    /// <summary>A web site: every page its site map names, or every page that links lead to from a start page.</summary>
    public Task<JobId> AddSiteAsync(TenantId tenant, Uri address, Discovery discovery, int pageLimit, CancellationToken ct) =>
        AddSiteAsync(tenant, address, new CrawlRules { Discovery = discovery, PageLimit = pageLimit }, ct);

    /// <summary>A web site, by rules that replace those it had.</summary>
    public async Task<JobId> AddSiteAsync(TenantId tenant, Uri address, CrawlRules rules, CancellationToken ct)
    {
        var id = await SourceAsync(tenant, SourceKind.Site, PageAddress.Normalize(address).AbsoluteUri, "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var source = await db.Sources.SingleAsync(row => row.Id == id, ct);
        source.Rules = rules;
        return await CommitAsync(db, await CrawlAsync(db, source, ct), ct);
    }

    /// <summary>Something a person has typed: queued in the caller's transaction, in the place of what may still be waiting of it.</summary>
    internal static async Task AddTypedAsync(TenantDb db, SourceId source, ITypedEntry entry, CancellationToken ct)
    {
        await WithdrawAsync(db, source, entry.ExternalId, ct);
        var job = await CreateAsync(db, source, Discovery.Given, 1, ct);
        await AddAsync(db, job, [entry.ToDocument()], ct);
        await CountAsync(db, job, ct);
    }

    /// <summary>Takes back what is waiting or in work of a document; a worker that is reading it will find it gone and not store it.</summary>
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

    /// <summary>A job that reads a page or site, in the caller's transaction; what failed before no longer counts.</summary>
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
        if (page || rules.Discovery == Discovery.Links) await AddPagesAsync(db, job, [new ListedPage(new Uri(source.Url))], description, depth: 0, ct);
        await CountAsync(db, job, ct);
        return job;
    }

    /// <summary>Tells this node's workers that there is something to do, once it has been committed.</summary>
    internal void Raise() => signal.Raise();

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
        var noticed = await db.Items
            .Where(item => item.JobId == id && item.Notice != null)
            .OrderBy(item => item.Ordinal)
            .Select(item => new NoticedItem(item.ExternalId, item.Notice!))
            .Take(MostFailuresReported)
            .ToListAsync(ct);
        return new JobReport(job.Id, job.SourceId, job.Status, job.Total, job.Done, job.Error, failed)
        {
            CreatedAt = job.CreatedAt,
            FinishedAt = job.FinishedAt,
            Notices = noticed,
        };
    }

    /// <summary>Adds pages the job does not know yet, up to its limit; what the limit cuts off makes the job incomplete.</summary>
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
              -- A page that has taken another name is known by the address it was found under, too.
              where not exists (select from ingestion_items where job_id = $2 and external_id = page)
                and page not in (select document ->> 'url' from ingestion_items where job_id = $2 and document ->> 'url' <> external_id)
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
                new Npgsql.NpgsqlParameter { Value = pages.Select(page => page.Modified?.ToString("O")).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                depth,
            ]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// The source of a kind, address and name, made when there is none. In a transaction of its own, since an import may take as long as its
    /// sender likes, and others must not wait for it.
    /// </summary>
    internal async Task<SourceId> SourceAsync(TenantId tenant, SourceKind kind, string url, string name, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using (var insert = db.Command(
            "insert into sources (tenant_id, id, kind, url, name) values ($1, $2, $3, $4, $5) on conflict do nothing",
            [tenant.Value, SourceId.New().Value, kind.ToString().ToLowerInvariant(), url, name]))
        {
            await insert.ExecuteNonQueryAsync(ct);
        }

        var named = kind is SourceKind.Import or SourceKind.Upload;
        var source = await db.Sources.Where(row => row.Kind == kind && row.Url == url && (!named || row.Name == name) && row.DeletedAt == null)
            .Select(row => row.Id).SingleAsync(ct);
        await db.CommitAsync(ct);
        return source;
    }

    internal static async Task<IngestionJob> CreateAsync(
        TenantDb db,
        SourceId source,
        Discovery discovery,
        int pageLimit,
        CancellationToken ct,
        JobWork work = JobWork.Ingest)
    {
        var job = new IngestionJob { TenantId = db.TenantId, Id = JobId.New(), SourceId = source, Discovery = discovery, PageLimit = pageLimit, Work = work };
        db.Jobs.Add(job);
        await db.SaveChangesAsync(ct);
        return job;
    }

    private static async Task AddAsync(TenantDb db, IngestionJob job, IReadOnlyCollection<ImportedDocument> documents, CancellationToken ct)
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

    private async Task<JobId> CommitAsync(TenantDb db, IngestionJob job, CancellationToken ct)
    {
        await CountAsync(db, job, ct);
        await db.Database.CommitTransactionAsync(ct);
        Raise();
        return job.Id;
    }
}
