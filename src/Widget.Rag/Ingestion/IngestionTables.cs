using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion.Crawling;

namespace Widget.Rag.Ingestion;

/// <summary>The tables of ingestion jobs and crawled pages.</summary>
public static class IngestionTables
{
    public static TenantTables Tables { get; } = new(typeof(IngestionTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<IngestionJob> Jobs => db.Set<IngestionJob>();

        public DbSet<IngestionItem> Items => db.Set<IngestionItem>();

        public DbSet<CrawledPage> CrawledPages => db.Set<CrawledPage>();
    }

    private static void Map(ModelBuilder model)
    {
        IngestionJob.Map(model);
        CrawledPage.Map(model);
    }
}
