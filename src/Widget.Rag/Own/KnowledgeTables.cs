using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

/// <summary>The tables of the own knowledge base.</summary>
public static class KnowledgeTables
{
    public static TenantTables Tables { get; } = new(typeof(KnowledgeTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<Source> Sources => db.Set<Source>();

        public DbSet<Document> Documents => db.Set<Document>();

        public DbSet<Chunk> Chunks => db.Set<Chunk>();

        public DbSet<ChunkTerms> ChunkTerms => db.Set<ChunkTerms>();

        public DbSet<ChunkEmbedding> ChunkEmbeddings => db.Set<ChunkEmbedding>();

        public DbSet<LexiconEntry> Lexicon => db.Set<LexiconEntry>();

        public DbSet<KnowledgeStatistics> Statistics => db.Set<KnowledgeStatistics>();

        public DbSet<Answer> Answers => db.Set<Answer>();

        public DbSet<Demo> Demos => db.Set<Demo>();

        public DbSet<EmbeddingChange> EmbeddingChanges => db.Set<EmbeddingChange>();

        public DbSet<SemanticBacklog> SemanticBacklogs => db.Set<SemanticBacklog>();

        public DbSet<LexicalBacklog> LexicalBacklogs => db.Set<LexicalBacklog>();
    }

    private static void Map(ModelBuilder model)
    {
        Source.Map(model);
        Document.Map(model);
        Chunk.Map(model);
        Answer.Map(model);
        Demo.Map(model);
        EmbeddingChange.Map(model);
        SemanticBacklog.Map(model);
        LexicalBacklog.Map(model);
        model.Entity<LexiconEntry>().ToTable("lexicon").HasKey(entry => new { entry.TenantId, entry.Dimension });
        model.Entity<KnowledgeStatistics>().ToTable("knowledge_statistics").HasKey(row => row.TenantId);
    }
}
