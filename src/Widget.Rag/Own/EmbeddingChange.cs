using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Own;

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

    /// <summary>Notes in the caller's transaction that passages lack the vectors of the model that serves; a change to another has them covered.</summary>
    internal static Task NoteMissingAsync(TenantDb db, string serving, CancellationToken ct) => RequestAsync(db, serving, replace: false, ct);

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
