using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Widget.Rag.Own;
using Widget.Rag.Storage;

namespace Widget.Rag.Embeddings;

/// <param name="Name">The model that serves a tenant's searches.</param>
/// <param name="Indexed">Whether the tenant is large enough to have approximate indexes (<see cref="VectorIndexes"/>).</param>
internal sealed record ServingModel(string Name, bool Indexed);

/// <summary>Which model serves a tenant, and what is under way.</summary>
/// <param name="Model">Serves searches.</param>
/// <param name="Change">What is still missing; null when nothing is.</param>
public sealed record EmbeddingState(string Model, EmbeddingChange? Change);

/// <summary>Says which embedding model serves a tenant, and changes it.</summary>
public sealed class EmbeddingChanges(KnowledgeDatabase database, EmbeddingModels models, TimeProvider clock)
{
    /// <summary>How long a node may go on using the model that it last saw serving; its vectors are kept for longer.</summary>
    internal static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TenantId, (ServingModel Serving, DateTimeOffset Until)> _serving = [];

    /// <summary>The model that serves a tenant's searches, at most <see cref="Memory"/> old.</summary>
    internal async Task<ServingModel> ServingAsync(TenantId tenant, CancellationToken ct)
    {
        if (_serving.TryGetValue(tenant, out var known) && known.Until > clock.GetUtcNow()) return known.Serving;
        await using var db = await database.BeginAsync(tenant, ct);
        var statistics = await db.Statistics.Select(row => new { row.Model, row.IndexedModel }).SingleOrDefaultAsync(ct);
        var serving = new ServingModel(statistics?.Model ?? models.Default, statistics is not null && statistics.IndexedModel == statistics.Model);
        _serving[tenant] = (serving, clock.GetUtcNow() + Memory);
        return serving;
    }

    public async Task<EmbeddingState> FindAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return new EmbeddingState(
            await ServingAsync(db, ct) ?? models.Default,
            await db.EmbeddingChanges.AsNoTracking().SingleOrDefaultAsync(ct));
    }

    /// <summary>Begins to change a tenant to another model. Searches use the old one until every passage has vectors of the new one.</summary>
    /// <returns>False when no such model is set up.</returns>
    public async Task<bool> RequestAsync(TenantId tenant, string model, CancellationToken ct)
    {
        if (!models.Knows(model)) return false;
        await using var db = await database.BeginAsync(tenant, ct);
        await Ingestion.KnowledgeWriter.LockStatisticsAsync(db, models.Default, ct);
        await RequestAsync(db, model, replace: true, ct);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Notes in the caller's transaction that passages lack the vectors of the model that serves; a change to another has them covered.</summary>
    internal static Task NoteMissingAsync(KnowledgeDb db, string serving, CancellationToken ct) => RequestAsync(db, serving, replace: false, ct);

    private static async Task RequestAsync(KnowledgeDb db, string model, bool replace, CancellationToken ct)
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

    internal static Task<string?> ServingAsync(KnowledgeDb db, CancellationToken ct) =>
        db.Statistics.Select(row => row.Model).SingleOrDefaultAsync(ct);
}
