using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>How a tenant's knowledge at Tavus stands: what is mirrored of it, and when it is looked after next.</summary>
public sealed class TavusKnowledge : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>Whose documents are mirrored; null before the first time.</summary>
    public string? Account { get; set; }

    /// <summary>Documents that have passages.</summary>
    public int Documents { get; set; }

    public int Passages { get; set; }

    /// <summary>Of all passages together: what BM25's average is made of.</summary>
    public long TotalLength { get; set; }

    /// <summary>ISO 639-1.</summary>
    public string[] Languages { get; set; } = [];

    /// <summary>Another after every change that a search could show.</summary>
    public long Revision { get; set; }

    public DateTimeOffset? SyncedAt { get; set; }

    /// <summary>Why it could not be brought up to date since, in words; null when it could.</summary>
    public string? Error { get; set; }

    /// <summary>Null when nobody wants it.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Somebody wants it at once, also while it is being looked after.</summary>
    public bool Asked { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var knowledge = model.Entity<TavusKnowledge>();
        knowledge.ToTable("tavus_knowledge").HasKey(row => row.TenantId);
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

/// <summary>A document at Tavus, and how far it is mirrored.</summary>
public sealed class MirroredDocument : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>Tavus's id.</summary>
    public required string DocumentId { get; init; }

    public required string Name { get; set; }

    public required string Url { get; set; }

    /// <summary>Tavus's word for how far it has come there.</summary>
    public required string Status { get; set; }

    /// <summary>Of all that Tavus says of it: the same again means no work.</summary>
    public required byte[] Version { get; set; }

    /// <summary>Why it, or a page of it, is not mirrored; null when all of it is.</summary>
    public string? Error { get; set; }

    /// <summary>Failed attempts, one after another.</summary>
    public short Failures { get; set; }

    /// <summary>When what failed of it is fetched again.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>An address of a document; a crawled one has many.</summary>
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

    /// <summary>How it was read; when it would be read otherwise now, it must be fetched in full.</summary>
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

    /// <summary>Sum of its term frequencies: the document length of BM25.</summary>
    public required int Length { get; init; }

    /// <summary>By the local embedder.</summary>
    public required HalfVector Embedding { get; init; }
}

/// <summary>A word in a passage of the mirror.</summary>
public sealed class MirrorPosting : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>Stemmed.</summary>
    public required string Lexeme { get; init; }

    public required Guid PassageId { get; init; }

    public required int Frequency { get; init; }

    /// <summary>The passage's.</summary>
    public required int Length { get; init; }
}
