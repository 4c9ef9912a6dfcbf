using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Catalog;

/// <summary>Reads one page of a site without crawling the rest.</summary>
public sealed class SinglePages(TenantDatabase database, IngestionQueue queue)
{
    /// <summary>Reads one page of a site now: again, or for the first time.</summary>
    public async Task<SourceRun> ReadAsync(TenantId tenant, SourceId id, Uri page, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.Sources.SingleOrDefaultAsync(row => row.Id == id && row.DeletedAt == null, ct) is not { } source)
            return new SourceRun(Found: false);
        if (source.Kind != SourceKind.Site)
            return new SourceRun(true) { Reason = "Only a site has pages to read one by one. Read this source again as a whole." };
        var address = PageAddress.Normalize(page);
        if (!PageAddress.BelongsTo(new Uri(source.Url), address))
            return new SourceRun(true) { Reason = $"{address} is not a page of {new Uri(source.Url).Authority}." };
        if (!new PathPatterns(source.Rules.Include, source.Rules.Exclude).Allow(address))
            return new SourceRun(true) { Reason = "The source's rules exclude this page." };
        return await StartAsync(db, source, address, ct);
    }

    /// <summary>Reads a document's page again now.</summary>
    public async Task<SourceRun> ReadAgainAsync(TenantId tenant, DocumentId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.Documents.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is not { } document)
            return new SourceRun(Found: false);
        var source = await db.Sources.SingleOrDefaultAsync(row => row.Id == document.SourceId && row.DeletedAt == null, ct);
        if (source is null || source.Kind is not (SourceKind.Site or SourceKind.Page))
            return new SourceRun(true) { Reason = "Only web pages can be read again. Send the document of another source again." };
        return await StartAsync(db, source, new Uri(source.Kind == SourceKind.Page ? source.Url : document.ExternalId), ct);
    }

    private async Task<SourceRun> StartAsync(TenantDb db, Source source, Uri address, CancellationToken ct)
    {
        var last = await db.Jobs.AsNoTracking()
            .Where(row => row.SourceId == source.Id && row.FinishedAt != null)
            .OrderByDescending(row => row.CreatedAt)
            .Select(row => row.CrawlNotices)
            .FirstOrDefaultAsync(ct);
        var job = await JobCreation.CreateAsync(db, source.Id, Discovery.Given, pageLimit: 1, ct);
        // The job has seen only one page, so no other page is gone, and what the last crawl noticed still holds.
        job.Listed = true;
        job.Complete = false;
        job.CrawlNotices = last ?? [];
        await db.SaveChangesAsync(ct);
        var rules = source.Kind == SourceKind.Page ? source.Rules : new CrawlRules();
        var description = new DocumentDescription { Title = rules.Title, Language = rules.Language };
        await JobCreation.AddPagesAsync(db, job, [new ListedPage(address)], description, depth: 0, ct);
        await JobCreation.CountAsync(db, job, ct);
        await db.CommitAsync(ct);
        queue.Raise();
        return new SourceRun(true, job.Id);
    }
}
