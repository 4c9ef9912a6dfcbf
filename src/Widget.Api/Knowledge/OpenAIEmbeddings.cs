using System.ClientModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Embeddings;
using Widget.Api.Outbound;
using Widget.Rag.Embeddings;

namespace Widget.Api.Knowledge;

/// <summary>The embedding models of an OpenAI-compatible API; none when <see cref="Endpoint"/> is null.</summary>
public sealed record EmbeddingModelOptions
{
    /// <summary>Base URL of the API, such as <c>https://api.openai.com/v1</c> (WIDGET_EMBEDDING_ENDPOINT).</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The key; self-hosted servers often need none (WIDGET_EMBEDDING_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>The model for new tenants (WIDGET_EMBEDDING_MODEL).</summary>
    public string? Model { get; init; }

    /// <summary>Whether the server expects the key as <c>api-key</c>, as Azure does, instead of as a bearer token.</summary>
    public bool UsesApiKeyHeader { get; init; }

    /// <summary>The default of a record would print the key.</summary>
    public override string ToString() => $"{Model} at {Endpoint?.Host}";
}

/// <summary>
/// Calls an OpenAI-compatible embeddings endpoint through OpenAI's library. It sends texts in batches and retries a few times after 429 and
/// 5xx responses. An endpoint that asks for a long pause counts as unavailable.
/// </summary>
/// <remarks>
/// It does not use the generator of Microsoft.Extensions.AI.OpenAI, which ignores the index of each vector and fails if a server reports no
/// usage.
/// </remarks>
public sealed class OpenAIEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
{
    // OpenAI accepts 2,048 texts and 300,000 tokens a request; other servers accept less.
    private const int BatchSize = 64;

    // The limit of pgvector's halfvec.
    private const int MaxDimensions = 16_000;

    private readonly OpenAIClient _client;
    private readonly EmbeddingGeneratorMetadata _metadata;

    public OpenAIEmbeddings(EmbeddingModelOptions options, HttpClient http)
    {
        var connection = new OpenAIConnection(options.Endpoint, options.Key, http, options.UsesApiKeyHeader);
        var retries = new BoundedRetries(maxRetries: 3, maxWait: TimeSpan.FromSeconds(20));
        _client = new OpenAIClient(connection.Credential, connection.Options(TimeSpan.FromSeconds(30), retries));
        _metadata = new EmbeddingGeneratorMetadata("openai", options.Endpoint, options.Model);
    }

    /// <exception cref="EmbeddingUnavailableException">
    /// The endpoint cannot be reached, refuses the key, does not know the model, or fails.
    /// </exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        Microsoft.Extensions.AI.EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var model = options?.ModelId
            ?? _metadata.DefaultModelId
            ?? throw new EmbeddingUnavailableException("No embedding model is configured.");
        var client = _client.GetEmbeddingClient(model);
        var generated = new GeneratedEmbeddings<Embedding<float>>();
        try
        {
            foreach (var batch in values.Chunk(BatchSize)) await AddAsync(generated, client, model, batch, cancellationToken);
            return generated;
        }
        catch (ClientResultException e)
        {
            throw Unavailable(model, e);
        }
        catch (Exception e) when (e is HttpRequestException or AggregateException or IOException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new EmbeddingUnavailableException($"The endpoint of the embedding model {model} cannot be reached.", e);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // Usually the response is a proxy's HTML page.
            throw new EmbeddingUnavailableException($"The answer of the embedding model {model} is not a list of vectors.", e);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
        // The HTTP client belongs to its factory.
    }

    private static async Task AddAsync(
        GeneratedEmbeddings<Embedding<float>> generated,
        EmbeddingClient client,
        string model,
        string[] texts,
        CancellationToken ct)
    {
        // The API refuses an empty text, so a space replaces it.
        var sent = Array.ConvertAll(texts, text => text.Length == 0 ? " " : text);
        OpenAIEmbeddingCollection response = await client.GenerateEmbeddingsAsync(sent, cancellationToken: ct);
        if (response.Count != texts.Length)
            throw new EmbeddingUnavailableException(
                $"The embedding model {model} returned {response.Count} vectors for {texts.Length} texts.");
        if (response.Usage is { InputTokenCount: > 0 } usage)
            (generated.Usage ??= new UsageDetails()).Add(new UsageDetails
            {
                InputTokenCount = usage.InputTokenCount,
                TotalTokenCount = usage.TotalTokenCount,
            });
        generated.AddRange(response.OrderBy(embedding => embedding.Index)
            .Select(embedding => new Embedding<float>(Checked(embedding.ToFloats())) { ModelId = model }));
    }

    // The database accepts no other vectors.
    private static ReadOnlyMemory<float> Checked(ReadOnlyMemory<float> vector)
    {
        if (vector.Length is 0 or > MaxDimensions) throw new FormatException($"A vector of {vector.Length} dimensions.");
        foreach (var value in vector.Span)
            if (!float.IsFinite(value)) throw new FormatException("A vector with a value that is not a finite number.");
        return vector;
    }

    private static EmbeddingUnavailableException Unavailable(string model, ClientResultException e) => new(
        e.Status switch
        {
            401 or 403 => $"The endpoint of the embedding model {model} refuses the key ({e.Status}).",
            404 => $"The endpoint does not know the embedding model {model} (404).",
            429 => $"The endpoint of the embedding model {model} asks for fewer requests (429).",
            >= 500 => $"The endpoint of the embedding model {model} has an internal error ({e.Status}).",
            0 => $"The endpoint of the embedding model {model} cannot be reached.",
            _ => $"The endpoint of the embedding model {model} refuses the texts ({e.Status}).",
        },
        e)
    {
        IsRefusal = e.Status is 400 or 413 or 422,
    };
}
