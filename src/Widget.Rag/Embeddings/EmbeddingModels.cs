using Microsoft.Extensions.AI;
using Pgvector;
using Widget.Rag.Telemetry;

namespace Widget.Rag.Embeddings;

/// <summary>A model cannot be asked now. The message says why, in words for people; what needs its vectors is done later.</summary>
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

    /// <summary>Whether the model is there and refused these texts, so that asking again with the same is of no use.</summary>
    public bool IsRefusal { get; init; }
}

/// <summary>The models that embed: the local one always, and those of an endpoint, when the operator has set one up.</summary>
/// <param name="remote">Asked for models by name; null without an endpoint. Throws <see cref="EmbeddingUnavailableException"/>.</param>
/// <param name="fallback">The model of new tenants.</param>
public sealed class EmbeddingModels(IEmbeddingGenerator<string, Embedding<float>>? remote = null, string? fallback = null) : IDisposable
{
    private readonly HashedEmbedder _local = new();

    /// <summary>Whose vectors a new tenant's knowledge gets.</summary>
    public string Default { get; } = fallback ?? HashedEmbedder.Model;

    public bool Knows(string model) => IsLocal(model) || (remote is not null && !model.StartsWith("hashed-", StringComparison.Ordinal));

    /// <summary>Whether a model needs nobody but ourselves.</summary>
    public static bool IsLocal(string model) => model == HashedEmbedder.Model;

    /// <returns>Vectors of unit length, one a text.</returns>
    /// <exception cref="EmbeddingUnavailableException">The model cannot be asked, or is none that we know.</exception>
    public async Task<IReadOnlyList<HalfVector>> EmbedAsync(string model, IReadOnlyList<string> texts, CancellationToken ct)
    {
        if (texts.Count == 0) return [];
        if (!Knows(model)) throw new EmbeddingUnavailableException($"The embedding model {model} is not set up on this server.");
        IEmbeddingGenerator<string, Embedding<float>> generator = IsLocal(model) ? _local : remote!;
        using var activity = RagTelemetry.Source.StartActivity("embed")?.SetTag(RagTelemetry.Model, model).SetTag("widget.texts", texts.Count);
        var generated = await generator.GenerateAsync(texts, new EmbeddingGenerationOptions { ModelId = model }, ct);
        return [.. generated.Select(embedding => HalfVectors.From(Unit(embedding.Vector.Span)))];
    }

    public void Dispose() => _local.Dispose();

    // The arms compare by inner product, which for unit vectors is the cosine. Most models give unit vectors, shortened ones do not.
    private static float[] Unit(ReadOnlySpan<float> vector)
    {
        var unit = vector.ToArray();
        var norm = Math.Sqrt(unit.Sum(value => (double)value * value));
        if (norm > 0 && Math.Abs(norm - 1) > 1e-3)
            for (var i = 0; i < unit.Length; i++) unit[i] = (float)(unit[i] / norm);
        return unit;
    }
}
