using Microsoft.EntityFrameworkCore;
using Widget.Rag.Storage;

namespace Widget.Rag.Embeddings;

/// <summary>
/// A tenant's passages are to get the vectors of a model, because the tenant changes to it or because they could not be had when the
/// passages came. The model that serves goes on serving until every passage has the new vectors.
/// </summary>
public sealed class EmbeddingChange : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The model whose vectors are missing.</summary>
    public required string Model { get; set; }

    public int Total { get; set; }

    public int Done { get; set; }

    /// <summary>Why it waits, in words for people; null while it goes on.</summary>
    public string? Error { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when the model serves; the vectors of others are deleted a little later, when no search uses them any more.</summary>
    public DateTimeOffset? SwitchedAt { get; set; }

    public DateTimeOffset RetryAt { get; set; }

    /// <summary>In vain, one after another.</summary>
    public int Attempts { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var change = model.Entity<EmbeddingChange>();
        change.ToTable("embedding_changes").HasKey(row => row.TenantId);
        change.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        change.Property(row => row.RetryAt).HasDefaultValueSql("now()");
    }
}
