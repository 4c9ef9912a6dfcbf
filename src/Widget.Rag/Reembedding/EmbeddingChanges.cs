using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;

namespace Widget.Rag.Reembedding;

/// <summary>Which model serves a tenant, and what is under way.</summary>
/// <param name="Model">Serves searches.</param>
/// <param name="Change">What is still missing; null when nothing is.</param>
public sealed record EmbeddingState(string Model, EmbeddingChange? Change);

/// <summary>Says which embedding model serves a tenant, and changes it.</summary>
public sealed class EmbeddingChanges(TenantDatabase database, EmbeddingModels models)
{
    public async Task<EmbeddingState> FindAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return new EmbeddingState(
            await ServingModels.ServingAsync(db, ct) ?? models.Default,
            await db.EmbeddingChanges.AsNoTracking().SingleOrDefaultAsync(ct));
    }

    /// <summary>Begins to change a tenant to another model. Searches use the old one until every passage has vectors of the new one.</summary>
    /// <returns>False when no such model is set up.</returns>
    public async Task<bool> RequestAsync(TenantId tenant, string model, CancellationToken ct)
    {
        if (!models.Knows(model)) return false;
        await using var db = await database.BeginAsync(tenant, ct);
        await Ingestion.KnowledgeWriter.LockStatisticsAsync(db, models.Default, ct);
        await EmbeddingChange.RequestAsync(db, model, replace: true, ct);
        await db.CommitAsync(ct);
        return true;
    }
}
