using Microsoft.EntityFrameworkCore;
using Widget.Rag.Embeddings;
using Widget.Rag.Ingestion;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Storage;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Rag.Own;

/// <summary>The tables of our own knowledge base, for one tenant and one transaction.</summary>
public sealed class KnowledgeDb(DbContextOptions<KnowledgeDb> options, TenantId tenantId) : TenantDbContext(options, tenantId)
{
    public DbSet<Source> Sources => Set<Source>();

    public DbSet<Document> Documents => Set<Document>();

    public DbSet<Chunk> Chunks => Set<Chunk>();

    public DbSet<ChunkTerms> ChunkTerms => Set<ChunkTerms>();

    public DbSet<ChunkEmbedding> ChunkEmbeddings => Set<ChunkEmbedding>();

    public DbSet<LexiconEntry> Lexicon => Set<LexiconEntry>();

    public DbSet<KnowledgeStatistics> Statistics => Set<KnowledgeStatistics>();

    public DbSet<EmbeddingChange> EmbeddingChanges => Set<EmbeddingChange>();

    public DbSet<IngestionJob> Jobs => Set<IngestionJob>();

    public DbSet<IngestionItem> Items => Set<IngestionItem>();

    public DbSet<CrawledPage> CrawledPages => Set<CrawledPage>();

    public DbSet<Answer> Answers => Set<Answer>();

    public DbSet<Demo> Demos => Set<Demo>();

    public DbSet<TavusKnowledge> TavusKnowledge => Set<TavusKnowledge>();

    public DbSet<MirroredDocument> TavusDocuments => Set<MirroredDocument>();

    public DbSet<MirroredPage> TavusPages => Set<MirroredPage>();

    public DbSet<MirroredPassage> TavusPassages => Set<MirroredPassage>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        MapIds(configurationBuilder, typeof(KnowledgeDb).Assembly);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Source.Map(modelBuilder);
        Document.Map(modelBuilder);
        Chunk.Map(modelBuilder);
        IngestionJob.Map(modelBuilder);
        EmbeddingChange.Map(modelBuilder);
        CrawledPage.Map(modelBuilder);
        Answer.Map(modelBuilder);
        Demo.Map(modelBuilder);
        Widget.Rag.Tavus.Mirror.TavusKnowledge.Map(modelBuilder);
        modelBuilder.Entity<LexiconEntry>().ToTable("lexicon").HasKey(entry => new { entry.TenantId, entry.Dimension });
        modelBuilder.Entity<KnowledgeStatistics>().ToTable("knowledge_statistics").HasKey(row => row.TenantId);
        NameColumnsInSnakeCase(modelBuilder);
        FilterByTenant(modelBuilder);
    }
}
