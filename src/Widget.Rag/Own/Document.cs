using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Own;

/// <summary>A document of the own knowledge base: a page, a file, an answer.</summary>
public sealed class Document : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required DocumentId Id { get; init; }

    public required SourceId SourceId { get; init; }

    /// <summary>The importer's id, the file's name or the page's address; unique within the source.</summary>
    public required string ExternalId { get; init; }

    /// <summary>Identifies the document through all its versions. The database computes it from source and external id.</summary>
    public Guid Identity { get; private set; }

    public required string Title { get => VisibleText.Line(field); set; }

    /// <summary>The document's public address; null when it has none.</summary>
    public string? Url { get; set; }

    public DocumentKind Kind { get; set; }

    /// <summary>ISO 639-1.</summary>
    public required string Language { get; set; }

    public required string[] Tags { get; set; }

    /// <summary>Hash of everything that was read to produce the document. The same hash means that nothing has changed.</summary>
    public required byte[] ContentHash { get; set; }

    public int ChunkCount { get; set; }

    /// <summary>Why the document was read only in part, in plain words; null when it was read completely.</summary>
    public string? Notice { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var document = model.Entity<Document>();
        document.ToTable("documents").HasKey(row => new { row.TenantId, row.Id });
        document.HasOne<Source>().WithMany().HasForeignKey(row => new { row.TenantId, row.SourceId });
        document.Property(row => row.Kind)
            .HasConversion(kind => kind.ToString().ToLowerInvariant(), text => Enum.Parse<DocumentKind>(text, true));
        document.Property(row => row.Identity).ValueGeneratedOnAddOrUpdate();
        document.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A passage of a document. Passages are what is searched and cited.</summary>
public sealed class Chunk : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required ChunkId Id { get; init; }

    public required DocumentId DocumentId { get; init; }

    /// <summary>Position in the document, from 0.</summary>
    public required int Ordinal { get; init; }

    public required string Text { get; init; }

    public required Locator Locator { get; init; }

    public required NpgsqlTsVector Lexemes { get; init; }

    /// <summary>Sum of the term frequencies: the document length in BM25.</summary>
    public int Length { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var chunk = model.Entity<Chunk>();
        chunk.ToTable("chunks").HasKey(row => new { row.TenantId, row.Id });
        chunk.HasOne<Document>().WithMany().HasForeignKey(row => new { row.TenantId, row.DocumentId });
        chunk.Property(row => row.Locator).HasColumnType("jsonb").HasConversion(
            locator => JsonSerializer.Serialize(locator, KnowledgeJson.Options),
            text => JsonSerializer.Deserialize<Locator>(text, KnowledgeJson.Options)!);

        var terms = model.Entity<ChunkTerms>();
        terms.ToTable("chunk_terms").HasKey(row => new { row.TenantId, row.ChunkId });
        terms.HasOne<Chunk>().WithMany().HasForeignKey(row => new { row.TenantId, row.ChunkId });
        var embedding = model.Entity<ChunkEmbedding>();
        embedding.ToTable("chunk_embeddings").HasKey(row => new { row.TenantId, row.Model, row.ChunkId });
        embedding.HasOne<Chunk>().WithMany().HasForeignKey(row => new { row.TenantId, row.ChunkId });
    }
}

/// <summary>A chunk's BM25 weights, one dimension per lexeme. A separate table, so that a scan reads nothing else.</summary>
public sealed class ChunkTerms : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required ChunkId ChunkId { get; init; }

    public required SparseVector Weights { get; init; }

    /// <summary>The average length used for these weights.</summary>
    public required float AverageLength { get; init; }
}

/// <summary>A chunk's embedding by one model.</summary>
public sealed class ChunkEmbedding : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string Model { get; init; }

    public required ChunkId ChunkId { get; init; }

    public required HalfVector Embedding { get; init; }
}

/// <summary>Number of the tenant's chunks that contain a lexeme.</summary>
public sealed class LexiconEntry : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required int Dimension { get; init; }

    /// <summary>The stemmed word.</summary>
    public required string Lexeme { get; init; }

    public required int ChunkCount { get; init; }
}

/// <summary>BM25 statistics over all of the tenant's chunks.</summary>
public sealed class KnowledgeStatistics : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public int ChunkCount { get; init; }

    public long TotalLength { get; init; }

    /// <summary>The average length used for new weights.</summary>
    public float WeighedLength { get; init; }

    /// <summary>The average length at the last update of all weights.</summary>
    public float SettledLength { get; init; }

    /// <summary>The embedding model whose vectors searches use.</summary>
    public required string Model { get; init; }

    /// <summary>The model for whose vectors the tenant has approximate indexes; null when its passages are scanned.</summary>
    public string? IndexedModel { get; init; }

    /// <summary>The model for whose semantic vectors the tenant has an approximate index; null when its passages are scanned.</summary>
    public string? SemanticIndexedModel { get; init; }

    /// <summary>The languages of the tenant's documents, ISO 639-1.</summary>
    public required string[] Languages { get; init; }

    /// <summary>Changes with every change of the tenant's documents. A database trigger increments it.</summary>
    public long Revision { get; init; }
}
