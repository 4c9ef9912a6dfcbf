using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

/// <summary>
/// A tenant's passages need vectors of a model. Either the tenant changes to this model, or it was unavailable when passages were added.
/// Searches use the current model until every passage has its vector.
/// </summary>
public sealed class EmbeddingChange : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>The model whose vectors are missing.</summary>
    public required string Model { get; set; }

    public int Total { get; set; }

    public int Done { get; set; }

    /// <summary>Why the change is waiting, in plain words; null while it makes progress.</summary>
    public string? Error { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// When searches switched to the model. Vectors of other models are deleted a little later, when no search uses them any more.
    /// </summary>
    public DateTimeOffset? SwitchedAt { get; set; }

    public DateTimeOffset RetryAt { get; set; }

    /// <summary>Number of consecutive failed attempts.</summary>
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

    /// <summary>
    /// Notes in the caller's transaction that passages lack vectors of the current model. A pending change to another model already covers
    /// them.
    /// </summary>
    internal static Task NoteMissingAsync(TenantDb db, string serving, CancellationToken ct) =>
        RequestAsync(db, serving, replace: false, ct);

    internal static async Task RequestAsync(TenantDb db, string model, bool replace, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into embedding_changes as change (tenant_id, model) values ($1, $2)
            on conflict (tenant_id) do update
            set model = excluded.model, retry_at = now(), switched_at = null, attempts = 0, error = null, done = 0,
                lease_until = case when change.model = excluded.model then change.lease_until end
            where change.model = excluded.model or $3
            """,
            [db.TenantId.Value, model, replace]);
        await command.ExecuteNonQueryAsync(ct);
    }
}
