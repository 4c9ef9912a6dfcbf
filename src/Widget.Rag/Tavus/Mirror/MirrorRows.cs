using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>The state of a tenant's mirror, and when it is synchronised next.</summary>
public sealed class TavusKnowledge : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The mirrored account; null before the first synchronisation.</summary>
    public string? Account { get; set; }

    /// <summary>Number of documents with passages.</summary>
    public int Documents { get; set; }

    public int Passages { get; set; }

    /// <summary>Total length of all passages, for the average length in BM25.</summary>
    public long TotalLength { get; set; }

    /// <summary>ISO 639-1.</summary>
    public string[] Languages { get; set; } = [];

    /// <summary>Number of passages in each language.</summary>
    public IReadOnlyDictionary<string, int> PassagesByLanguage { get; init; } = new Dictionary<string, int>();

    /// <summary>Changes with every change that a search could show.</summary>
    public long Revision { get; set; }

    public DateTimeOffset? SyncedAt { get; set; }

    /// <summary>Why the last synchronisation failed; null when it succeeded.</summary>
    public string? Error { get; set; }

    /// <summary>Null when the tenant does not use the mirror.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Whether a synchronisation was requested, possibly during a running one.</summary>
    public bool Asked { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var knowledge = model.Entity<TavusKnowledge>();
        knowledge.ToTable("tavus_knowledge").HasKey(row => row.TenantId);
        knowledge.Property(row => row.PassagesByLanguage).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, KnowledgeJson.Options),
            text => JsonSerializer.Deserialize<Dictionary<string, int>>(text, KnowledgeJson.Options)!,
            new ValueComparer<IReadOnlyDictionary<string, int>>(favorStructuralComparisons: false));
        knowledge.Property(row => row.DueAt).HasDefaultValueSql("now()");

        var document = model.Entity<MirroredDocument>();
        document.ToTable("tavus_documents").HasKey(row => new { row.TenantId, row.DocumentId });
        document.HasOne<TavusKnowledge>().WithMany().HasForeignKey(row => row.TenantId);
        document.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");

        var page = model.Entity<MirroredPage>();
        page.ToTable("tavus_pages").HasKey(row => new { row.TenantId, row.DocumentId, row.Address });
        page.HasOne<MirroredDocument>().WithMany().HasForeignKey(row => new { row.TenantId, row.DocumentId });

        var passage = model.Entity<MirroredPassage>();
        passage.ToTable("tavus_passages").HasKey(row => new { row.TenantId, row.Id });
        passage.HasOne<MirroredPage>().WithMany().HasForeignKey(row => new { row.TenantId, row.DocumentId, row.Address });
        passage.Property(row => row.Locator).HasColumnType("jsonb").HasConversion(
            locator => JsonSerializer.Serialize(locator, KnowledgeJson.Options),
            text => JsonSerializer.Deserialize<Locator>(text, KnowledgeJson.Options)!);

        var posting = model.Entity<MirrorPosting>();
        posting.ToTable("tavus_postings").HasKey(row => new { row.TenantId, row.Lexeme, row.PassageId });
        posting.HasOne<MirroredPassage>().WithMany().HasForeignKey(row => new { row.TenantId, row.PassageId });
    }
}

/// <summary>A document at Tavus, and how much of it is mirrored.</summary>
public sealed class MirroredDocument : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>Tavus's id.</summary>
    public required string DocumentId { get; init; }

    public required string Name { get; set; }

    public required string Url { get; set; }

    /// <summary>Tavus's status.</summary>
    public required string Status { get; set; }

    /// <summary>Hash of Tavus's data about the document. If it is unchanged, there is nothing to do.</summary>
    public required byte[] Version { get; set; }

    /// <summary>Why the document, or one of its pages, is not mirrored; null when all of it is.</summary>
    public string? Error { get; set; }

    /// <summary>Number of consecutive failed attempts.</summary>
    public short Failures { get; set; }

    /// <summary>When the failed pages are fetched again.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A page of a document. A crawled document has many.</summary>
public sealed class MirroredPage : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required string DocumentId { get; init; }

    public required string Address { get; init; }

    public string Title { get; set; } = "";

    /// <summary>ISO 639-1.</summary>
    public string Language { get; set; } = "en";

    public string? Etag { get; set; }

    public string? LastModified { get; set; }

    /// <summary>Hash of the settings it was read with. If they change, the page must be fetched in full.</summary>
    public byte[]? Reading { get; set; }

    /// <summary>Null when it was never read.</summary>
    public byte[]? ContentHash { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset? FetchedAt { get; set; }
}

/// <summary>A passage of the mirror.</summary>
public sealed class MirroredPassage : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string DocumentId { get; init; }

    public required string Address { get; init; }

    public required int Ordinal { get; init; }

    public required string Text { get; init; }

    public required Locator Locator { get; init; }

    /// <summary>Sum of the term frequencies: the document length in BM25.</summary>
    public required int Length { get; init; }

    /// <summary>Embedding by the local embedder.</summary>
    public required HalfVector Embedding { get; init; }
}

/// <summary>A word in a passage of the mirror.</summary>
public sealed class MirrorPosting : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The stemmed word.</summary>
    public required string Lexeme { get; init; }

    public required Guid PassageId { get; init; }

    public required int Frequency { get; init; }

    /// <summary>Length of the passage.</summary>
    public required int Length { get; init; }
}
