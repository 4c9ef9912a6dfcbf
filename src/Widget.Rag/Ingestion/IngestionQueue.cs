using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Queues documents for ingestion. Each call commits a job with everything it needs, so nothing is lost after it returns. An
/// <see cref="IngestionWorker"/> on any node runs the job.
/// </summary>
public sealed class IngestionQueue(TenantDatabase database, WakeUpSignal<IngestionWorker> signal)
{
    private const int Batch = 500;
    private const int BatchBytes = 16 << 20;

    /// <summary>
    /// Queues documents that the tenant's own programs send, all in one job. If the stream breaks off, nothing is queued.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <param name="source">Name of the source, which is created if needed; empty for the default one.</param>
    public async Task<JobId> ImportAsync(
        TenantId tenant,
        IAsyncEnumerable<ImportedDocument> documents,
        CancellationToken ct,
        string source = "")
    {
        var id = await SourceAsync(tenant, SourceKind.Import, "", source, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await JobCreation.CreateAsync(db, id, Discovery.Given, int.MaxValue, ct);
        var (batch, bytes) = (new List<ImportedDocument>(), 0);
        await foreach (var document in documents.WithCancellation(ct))
        {
            batch.Add(document);
            bytes += document.Content.Length;
            if (batch.Count < Batch && bytes < BatchBytes) continue;
            await JobCreation.AddAsync(db, job, batch, ct);
            batch.Clear();
            bytes = 0;
        }

        if (batch.Count > 0) await JobCreation.AddAsync(db, job, batch, ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>Queues a file. Uploading a file with the same name to the same source replaces the document.</summary>
    public async Task<JobId> UploadAsync(TenantId tenant, ImportedDocument file, CancellationToken ct, string source = "")
    {
        var id = await SourceAsync(tenant, SourceKind.Upload, "", source, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var job = await JobCreation.CreateAsync(db, id, Discovery.Given, 1, ct);
        await JobCreation.AddAsync(db, job, [file], ct);
        return await CommitAsync(db, job, ct);
    }

    /// <summary>Queues one web page or file on the web, which is its own source. The description replaces an earlier one.</summary>
    public async Task<JobId> AddPageAsync(TenantId tenant, Uri address, DocumentDescription description, CancellationToken ct)
    {
        var id = await SourceAsync(tenant, SourceKind.Page, PageAddress.Normalize(address).AbsoluteUri, "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var source = await db.Sources.SingleAsync(row => row.Id == id, ct);
        source.Rules = new CrawlRules
        {
            Discovery = Discovery.Given,
            PageLimit = 1,
            Title = description.Title,
            Language = description.Language,
        };
        await SourceTags.SetAsync(db, source, description.Tags, ct);
        return await CommitAsync(db, await JobCreation.CrawlAsync(db, source, ct), ct);
    }

    /// <summary>Queues a web site: every page in its site map, or every page that can be reached by links from a start page.</summary>
    public Task<JobId> AddSiteAsync(TenantId tenant, Uri address, Discovery discovery, int pageLimit, CancellationToken ct) =>
        AddSiteAsync(tenant, address, new CrawlRules { Discovery = discovery, PageLimit = pageLimit }, ct);

    /// <summary>Queues a web site with rules that replace its earlier ones.</summary>
    public async Task<JobId> AddSiteAsync(TenantId tenant, Uri address, CrawlRules rules, CancellationToken ct)
    {
        var id = await SourceAsync(tenant, SourceKind.Site, PageAddress.Normalize(address).AbsoluteUri, "", ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var source = await db.Sources.SingleAsync(row => row.Id == id, ct);
        source.Rules = rules;
        return await CommitAsync(db, await JobCreation.CrawlAsync(db, source, ct), ct);
    }

    /// <summary>Notifies this node's workers. Call it after the commit.</summary>
    internal void Raise() => signal.Raise();

    /// <summary>Returns a job's state; null when the tenant has no such job.</summary>
    public async Task<JobReport?> FindAsync(TenantId tenant, JobId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await JobReport.ReadAsync(db, id, ct);
    }

    /// <summary>
    /// Finds the source with this kind, address and name, or creates it. Uses its own transaction, because an import takes as long as its
    /// sender needs and must not block others.
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
        var source = await db.Sources.Where(
            row => row.Kind == kind && row.Url == url && (!named || row.Name == name) && row.DeletedAt == null)
            .Select(row => row.Id).SingleAsync(ct);
        await db.CommitAsync(ct);
        return source;
    }

    private async Task<JobId> CommitAsync(TenantDb db, IngestionJob job, CancellationToken ct)
    {
        await JobCreation.CountAsync(db, job, ct);
        await db.Database.CommitTransactionAsync(ct);
        Raise();
        return job.Id;
    }
}
