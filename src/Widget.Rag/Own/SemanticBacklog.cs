using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

/// <summary>
/// Some of a tenant's passages lack vectors of the local sentence models (<see cref="Embeddings.Local.SentenceEmbedder"/>). They can
/// already be found by words and spelling.
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

    /// <summary>Notes in the caller's transaction that the tenant has new passages.</summary>
    internal static async Task NoteAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            "insert into semantic_backlogs (tenant_id) values ($1) on conflict do nothing",
            [db.TenantId.Value]);
        await command.ExecuteNonQueryAsync(ct);
    }
}
