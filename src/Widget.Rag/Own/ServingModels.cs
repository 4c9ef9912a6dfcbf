using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;

namespace Widget.Rag.Own;

/// <param name="Name">The model that serves a tenant's searches.</param>
/// <param name="Indexed">Whether the tenant is large enough to have approximate indexes (<see cref="VectorIndexes"/>).</param>
/// <param name="SemanticIndexed">Whether one of them is for the vectors of the local sentence models.</param>
/// <param name="Languages">The languages of the tenant's documents, ISO 639-1.</param>
internal sealed record ServingModel(string Name, bool Indexed, bool SemanticIndexed, IReadOnlyList<string> Languages);

/// <summary>Looks up which embedding model serves a tenant's searches, with a short cache.</summary>
public sealed class ServingModels(TenantDatabase database, EmbeddingModels models, TimeProvider clock)
{
    /// <summary>How long a node may use a cached model. The vectors of a replaced model are kept for longer.</summary>
    internal static readonly TimeSpan CacheDuration = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TenantId, (ServingModel Serving, DateTimeOffset Until)> _serving = [];

    /// <summary>Returns the model that serves a tenant's searches, at most <see cref="CacheDuration"/> old.</summary>
    internal async Task<ServingModel> ServingAsync(TenantId tenant, CancellationToken ct)
    {
        if (_serving.TryGetValue(tenant, out var known) && known.Until > clock.GetUtcNow()) return known.Serving;
        await using var db = await database.BeginAsync(tenant, ct);
        var statistics = await db.Statistics
            .Select(row => new { row.Model, row.IndexedModel, row.SemanticIndexedModel, row.Languages })
            .SingleOrDefaultAsync(ct);
        var serving = new ServingModel(
            statistics?.Model ?? models.Default,
            statistics is not null && statistics.IndexedModel == statistics.Model,
            statistics?.SemanticIndexedModel == SentenceEmbedder.Model,
            statistics?.Languages ?? []);
        _serving[tenant] = (serving, clock.GetUtcNow() + CacheDuration);
        return serving;
    }

    internal static Task<string?> ServingAsync(TenantDb db, CancellationToken ct) =>
        db.Statistics.Select(row => row.Model).SingleOrDefaultAsync(ct);
}
