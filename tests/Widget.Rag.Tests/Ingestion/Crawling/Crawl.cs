using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion.Crawling;

/// <summary>A tenant that crawls one site repeatedly.</summary>
internal sealed class Crawl(Knowledge knowledge, TenantId tenant, ChangingSite site, CrawlRules rules, string start) : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Knowledge Knowledge => knowledge;

    public TenantId Tenant => tenant;

    public static async Task<Crawl> OfAsync(TestDatabase database, ChangingSite site, CrawlRules? rules = null, string start = "/") =>
        new(new Knowledge(database, site.Site.Allowed), await database.AddTenantAsync(), site, rules ?? new CrawlRules(), start);

    public async Task<JobReport> RunAsync(CrawlRules? other = null) =>
        await knowledge.RunAsync(tenant, await knowledge.Queue.AddSiteAsync(tenant, site.Site[start], other ?? rules, Ct), Ct);

    public async Task<List<string>> PagesAsync() => [.. (await IdsAsync()).Keys.Order(StringComparer.Ordinal)];

    public async Task<Dictionary<string, DocumentId>> IdsAsync()
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        return await db.Documents.ToDictionaryAsync(document => new Uri(document.ExternalId).PathAndQuery, document => document.Id, Ct);
    }

    /// <summary>The texts of the stored pages, by path.</summary>
    public async Task<Dictionary<string, string>> TextsAsync()
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        return await db.Documents
            .Join(
                db.Chunks,
                document => document.Id,
                chunk => chunk.DocumentId,
                (document, chunk) => new { document.ExternalId, chunk.Text })
            .ToDictionaryAsync(page => new Uri(page.ExternalId).PathAndQuery, page => page.Text, Ct);
    }

    /// <summary>The source as people see it.</summary>
    public async Task<SourceReport> SourceAsync()
    {
        var catalog = new SourceCatalog(knowledge.Database, knowledge.Queue, TimeProvider.System);
        return (await catalog.ListAsync(tenant, kind: null, 0, 10, Ct)).Sources.Single();
    }

    public void Dispose() => knowledge.Dispose();
}
