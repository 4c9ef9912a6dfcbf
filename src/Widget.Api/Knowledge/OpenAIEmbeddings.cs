using System.ClientModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using Widget.Api.Outbound;
using Widget.Rag.Embeddings;

namespace Widget.Api.Knowledge;

/// <summary>The embedding models of an OpenAI-compatible API; none when <see cref="Endpoint"/> is null.</summary>
public sealed record EmbeddingModelOptions
{
    /// <summary>Root of the API, as <c>https://api.openai.com/v1</c> (WIDGET_EMBEDDING_ENDPOINT).</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Its key; self-hosted servers often need none (WIDGET_EMBEDDING_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>The model of new tenants (WIDGET_EMBEDDING_MODEL).</summary>
    public string? Model { get; init; }
}

/// <summary>
/// Any OpenAI-compatible embeddings endpoint as an <see cref="IEmbeddingGenerator"/>, over OpenAI's own library. Stands where
/// Microsoft.Extensions.AI.OpenAI would. Texts go in batches; where the endpoint asks for fewer requests (429) or fails (5xx), the library
/// waits, as <c>Retry-After</c> says, and asks again a few times; what asks for a long pause counts as unavailable.
/// </summary>
public sealed class OpenAIEmbeddings(EmbeddingModelOptions options) : IEmbeddingGenerator<string, Embedding<float>>
{
    // OpenAI takes 2,048 texts and 300,000 tokens a request, others less.
    private const int Batch = 64;

    // What pgvector's halfvec holds.
    private const int MostDimensions = 16_000;

    private readonly OpenAIClient _client = new(
        new ApiKeyCredential(string.IsNullOrEmpty(options.Key) ? "none" : options.Key),
        new OpenAIClientOptions
        {
            Endpoint = options.Endpoint,
            NetworkTimeout = TimeSpan.FromSeconds(30),
            RetryPolicy = new BoundedRetries(most: 3, longest: TimeSpan.FromSeconds(20)),
        });

    private readonly EmbeddingGeneratorMetadata _metadata = new("openai", options.Endpoint, options.Model);

    /// <exception cref="EmbeddingUnavailableException">The endpoint cannot be reached, refuses the key, does not know the model, or fails.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        Microsoft.Extensions.AI.EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var model = options?.ModelId ?? _metadata.DefaultModelId ?? throw new EmbeddingUnavailableException("No embedding model is named.");
        var client = _client.GetEmbeddingClient(model);
        var generated = new GeneratedEmbeddings<Embedding<float>>();
        try
        {
            foreach (var batch in values.Chunk(Batch))
            {
                // The API refuses an empty text; a space embeds to nothing in particular, too.
                var answer = await client.GenerateEmbeddingsAsync(Array.ConvertAll(batch, text => text.Length == 0 ? " " : text), cancellationToken: cancellationToken);
                if (answer.Value.Count != batch.Length) throw new EmbeddingUnavailableException($"The embedding model {model} gave {answer.Value.Count} vectors for {batch.Length} texts.");
                if (answer.Value.Usage is { InputTokenCount: > 0 } usage)
                    (generated.Usage ??= new UsageDetails()).Add(new UsageDetails { InputTokenCount = usage.InputTokenCount, TotalTokenCount = usage.TotalTokenCount });
                generated.AddRange(answer.Value.OrderBy(embedding => embedding.Index).Select(embedding => new Embedding<float>(Checked(embedding.ToFloats())) { ModelId = model }));
            }

            return generated;
        }
        catch (ClientResultException e)
        {
            throw new EmbeddingUnavailableException(
                e.Status switch
                {
                    401 or 403 => $"The endpoint of the embedding model {model} refuses the key ({e.Status}).",
                    404 => $"The endpoint knows no embedding model {model} (404).",
                    429 => $"The endpoint of the embedding model {model} asks for fewer requests (429).",
                    >= 500 => $"The endpoint of the embedding model {model} has an error of its own ({e.Status}).",
                    0 => $"The endpoint of the embedding model {model} cannot be reached.",
                    _ => $"The endpoint of the embedding model {model} refuses the texts ({e.Status}).",
                },
                e)
            {
                IsRefusal = e.Status is 400 or 413 or 422,
            };
        }
        catch (Exception e) when (e is HttpRequestException or AggregateException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new EmbeddingUnavailableException($"The endpoint of the embedding model {model} cannot be reached.", e);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // A proxy's page instead of an answer, as a rule.
            throw new EmbeddingUnavailableException($"The endpoint of the embedding model {model} answers with something that is no list of vectors.", e);
        }
    }

    // The database takes no other vectors, and it is not the document's fault.
    private static ReadOnlyMemory<float> Checked(ReadOnlyMemory<float> vector)
    {
        if (vector.Length is 0 or > MostDimensions) throw new FormatException($"A vector of {vector.Length} dimensions.");
        foreach (var value in vector.Span)
            if (!float.IsFinite(value)) throw new FormatException("A vector with something in it that is no number.");
        return vector;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // The library's client holds nothing to give back; the interface asks for it.
    }
}
