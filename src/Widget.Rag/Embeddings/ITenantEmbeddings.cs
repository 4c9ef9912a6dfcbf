using Microsoft.Extensions.AI;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Embeddings;

/// <summary>
/// Tenants' own embedding models. The name of such a model begins with <see cref="NamePrefix"/> and identifies its endpoint, so its vectors
/// are never compared with those of another endpoint's model.
/// </summary>
public interface ITenantEmbeddings
{
    /// <summary>The beginning of the models' names.</summary>
    const string NamePrefix = "own-";

    /// <summary>Whether a tenant has a model of this name.</summary>
    ValueTask<bool> HasAsync(TenantId tenant, string model, CancellationToken ct);

    /// <summary>Embeds texts with a tenant's own model.</summary>
    /// <exception cref="EmbeddingUnavailableException">The model is unavailable, or the tenant no longer has it.</exception>
    Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        TenantId tenant,
        string model,
        IReadOnlyList<string> texts,
        CancellationToken ct);

    /// <summary>Deletes the keys of models that the tenant has replaced, because searches now use another one.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="serving">The model that searches use.</param>
    /// <param name="ct">Cancels the operation.</param>
    Task ForgetReplacedAsync(TenantId tenant, string serving, CancellationToken ct);
}
