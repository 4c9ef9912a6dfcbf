using Microsoft.Extensions.AI;
using Pgvector;
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

/// <summary>The embedding models: the local one, and those of the configured endpoint.</summary>
/// <param name="remote">
/// The endpoint, which gets a model by name; null without one. Throws <see cref="EmbeddingUnavailableException"/>.
/// </param>
/// <param name="fallback">The model for new tenants.</param>
/// <param name="sentences">The local sentence models; null when they are switched off.</param>
public sealed class EmbeddingModels(
    IEmbeddingGenerator<string, Embedding<float>>? remote = null,
    string? fallback = null,
    SentenceEmbedder? sentences = null) : IDisposable
{
    private readonly HashedEmbedder _local = new();

    /// <summary>The model for new tenants.</summary>
    public string Default { get; } = fallback ?? HashedEmbedder.Model;

    public bool Knows(string model) => IsLocal(model) || (remote is not null && !model.StartsWith("hashed-", StringComparison.Ordinal));

    /// <summary>Whether the model runs in this process.</summary>
    public static bool IsLocal(string model) => model == HashedEmbedder.Model;

    /// <summary>Whether this node uses the local sentence models.</summary>
    public bool HasSentenceModels => sentences is not null;

    /// <summary>Embeds the meaning of a question with the local sentence models.</summary>
    /// <returns>A unit vector; null when the models are off or cannot be used.</returns>
    public HalfVector? EmbedMeaning(string question) =>
        sentences?.EmbedQuestion(question) is { } vector ? HalfVectors.From(vector) : null;

    /// <returns>One unit vector for each text.</returns>
    /// <exception cref="EmbeddingUnavailableException">The model is unavailable or unknown.</exception>
    public async Task<IReadOnlyList<HalfVector>> EmbedAsync(string model, IReadOnlyList<string> texts, CancellationToken ct)
    {
        if (texts.Count == 0) return [];
        if (!Knows(model)) throw new EmbeddingUnavailableException($"The embedding model {model} is not configured on this server.");
        IEmbeddingGenerator<string, Embedding<float>> generator = IsLocal(model) ? _local : remote!;
        using var activity = RagTelemetry.Source.StartActivity("embed")?.SetTag(RagTelemetry.Model, model)
            .SetTag("widget.texts", texts.Count);
        var generated = await generator.GenerateAsync(texts, new EmbeddingGenerationOptions { ModelId = model }, ct);
        return [.. generated.Select(embedding => HalfVectors.From(Unit(embedding.Vector.Span)))];
    }

    public void Dispose() => _local.Dispose();

    // The arms compare by inner product, which is the cosine for unit vectors. Most models return unit vectors; shortened vectors are not.
    private static float[] Unit(ReadOnlySpan<float> vector)
    {
        var unit = vector.ToArray();
        var norm = Math.Sqrt(unit.Sum(value => (double)value * value));
        if (norm > 0 && Math.Abs(norm - 1) > 1e-3)
            for (var i = 0; i < unit.Length; i++) unit[i] = (float)(unit[i] / norm);
        return unit;
    }
}
