using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Own;

namespace Widget.Rag.Reembedding;

/// <summary>A tenant's embedding model and its change in progress.</summary>
/// <param name="Model">The model that searches use.</param>
/// <param name="Change">The change in progress; null when no vector is missing.</param>
/// <param name="Semantic">The vectors of the local sentence models; null when this node does not use them.</param>
public sealed record EmbeddingState(string Model, EmbeddingChange? Change, SemanticState? Semantic = null);

/// <param name="Done">Number of passages with a vector of the local sentence models.</param>
/// <param name="Total">Number of passages.</param>
/// <param name="Error">Why vectors are missing, in plain words; null when there is no reason to wait.</param>
public sealed record SemanticState(int Done, int Total, string? Error);

/// <summary>Reads and changes a tenant's embedding model.</summary>
public sealed class EmbeddingChanges(TenantDatabase database, EmbeddingModels models)
{
    public async Task<EmbeddingState> FindAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return new EmbeddingState(
            await ServingModels.ServingAsync(db, ct) ?? models.Default,
            await db.EmbeddingChanges.AsNoTracking().SingleOrDefaultAsync(ct),
            models.Sentences is { } sentences ? await SemanticAsync(db, sentences, ct) : null);
    }

    private static async Task<SemanticState> SemanticAsync(TenantDb db, SentenceEmbedder sentences, CancellationToken ct) => new(
        await db.ChunkEmbeddings.CountAsync(row => row.Model == SentenceEmbedder.Model, ct),
        await db.Statistics.Select(row => row.ChunkCount).SingleOrDefaultAsync(ct),
        sentences.IsAvailable ? null : "This server cannot run the local sentence models.");

    /// <summary>
    /// Starts to change a tenant to another model. Searches use the old one until every passage has a vector of the new one.
    /// </summary>
    /// <returns>False when neither the installation nor the tenant has such a model.</returns>
    public async Task<bool> RequestAsync(TenantId tenant, string model, CancellationToken ct)
    {
        if (!await models.KnowsAsync(tenant, model, ct)) return false;
        await using var db = await database.BeginAsync(tenant, ct);
        await Ingestion.KnowledgeWriter.LockStatisticsAsync(db, models.Default, ct);
        await EmbeddingChange.RequestAsync(db, model, replace: true, ct);
        await db.CommitAsync(ct);
        return true;
    }
}
