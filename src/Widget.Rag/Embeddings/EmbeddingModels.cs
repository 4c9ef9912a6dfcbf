using Microsoft.Extensions.AI;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Telemetry;

namespace Widget.Rag.Embeddings;

/// <summary>An embedding model is unavailable. The message says why, in plain words. The vectors are added later.</summary>
public sealed class EmbeddingUnavailableException : Exception
{
    public EmbeddingUnavailableException()
    {
    }

    public EmbeddingUnavailableException(string message)
        : base(message)
    {
    }

    public EmbeddingUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the model is available but rejects these texts, so that a retry with the same texts does not help.</summary>
    public bool IsRefusal { get; init; }
}

/// <summary>The embedding models: the local one, those of the configured endpoint, and tenants' own.</summary>
/// <param name="remote">
/// The endpoint, which gets a model by name; null without one. Throws <see cref="EmbeddingUnavailableException"/>.
/// </param>
/// <param name="fallback">The model for new tenants.</param>
/// <param name="sentences">The local sentence models; null when they are switched off.</param>
/// <param name="tenants">Tenants' own models; null if tenants cannot have any.</param>
public sealed class EmbeddingModels(
    IEmbeddingGenerator<string, Embedding<float>>? remote = null,
    string? fallback = null,
    SentenceEmbedder? sentences = null,
    ITenantEmbeddings? tenants = null) : IDisposable
{
    private readonly HashedEmbedder _local = new();

    /// <summary>The model for new tenants.</summary>
    public string Default { get; } = fallback ?? HashedEmbedder.Model;

    /// <summary>Whether a tenant can use a model.</summary>
    public async ValueTask<bool> KnowsAsync(TenantId tenant, string model, CancellationToken ct) =>
        BelongsToTenant(model) ? await tenants!.HasAsync(tenant, model, ct) : IsInstallations(model);

    /// <summary>Whether the model runs in this process.</summary>
    public static bool IsLocal(string model) => model == HashedEmbedder.Model;

    /// <summary>The local sentence models; null when this node does not use them.</summary>
    public SentenceEmbedder? Sentences => sentences;

    /// <summary>Embeds the meaning of a question with the local sentence models.</summary>
    /// <returns>A unit vector; null when the models are off or cannot be used.</returns>
    public HalfVector? EmbedMeaning(string question) =>
        sentences?.EmbedQuestion(question) is { } vector ? HalfVectors.From(vector) : null;

    /// <param name="tenant">The tenant whose texts these are.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <returns>One unit vector for each text.</returns>
    /// <exception cref="EmbeddingUnavailableException">The model is unavailable or unknown.</exception>
    public async Task<IReadOnlyList<HalfVector>> EmbedAsync(
        TenantId tenant,
        string model,
        IReadOnlyList<string> texts,
        CancellationToken ct)
    {
        if (texts.Count == 0) return [];
        using var activity = RagTelemetry.Source.StartActivity("embed")?.SetTag(RagTelemetry.Model, model)
            .SetTag("widget.texts", texts.Count);
        var generated = BelongsToTenant(model)
            ? await tenants!.GenerateAsync(tenant, model, texts, ct)
            : await Installations(model).GenerateAsync(texts, new EmbeddingGenerationOptions { ModelId = model }, ct);
        return [.. generated.Select(embedding => HalfVectors.From(Unit(embedding.Vector.Span)))];
    }

    /// <summary>Deletes the keys of models that the tenant has replaced, because searches now use another one.</summary>
    public Task ForgetReplacedAsync(TenantId tenant, string serving, CancellationToken ct) =>
        tenants?.ForgetReplacedAsync(tenant, serving, ct) ?? Task.CompletedTask;

    public void Dispose() => _local.Dispose();

    private bool BelongsToTenant(string model) =>
        tenants is not null && model.StartsWith(ITenantEmbeddings.NamePrefix, StringComparison.Ordinal);

    private bool IsInstallations(string model) =>
        IsLocal(model) || (remote is not null && !model.StartsWith("hashed-", StringComparison.Ordinal));

    private IEmbeddingGenerator<string, Embedding<float>> Installations(string model) =>
        IsLocal(model) ? _local
        : IsInstallations(model) ? remote!
        : throw new EmbeddingUnavailableException($"The embedding model {model} is not configured on this server.");

    // Searches compare vectors by inner product, which equals the cosine for unit vectors. Most models return unit vectors, but shortened
    // vectors are not.
    private static float[] Unit(ReadOnlySpan<float> vector)
    {
        var unit = vector.ToArray();
        var norm = Math.Sqrt(unit.Sum(value => (double)value * value));
        if (norm > 0 && Math.Abs(norm - 1) > 1e-3)
            for (var i = 0; i < unit.Length; i++) unit[i] = (float)(unit[i] / norm);
        return unit;
    }
}
