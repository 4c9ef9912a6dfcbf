using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

/// <summary>
/// Some of a tenant's passages lack vectors of the local sentence models (<see cref="Embeddings.Local.SentenceEmbedder"/>). They can
/// already be found by words and spelling. The database notes a backlog when passages are added.
/// </summary>
public sealed class SemanticBacklog : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public DateTimeOffset RetryAt { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var backlog = model.Entity<SemanticBacklog>();
        backlog.ToTable("semantic_backlogs").HasKey(row => row.TenantId);
        backlog.Property(row => row.RetryAt).HasDefaultValueSql("now()");
    }
}
