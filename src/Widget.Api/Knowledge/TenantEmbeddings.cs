using System.Collections.Concurrent;
using Microsoft.Extensions.AI;
using Widget.Api.Answers;
using Widget.Api.Models;
using Widget.Platform.Outbound;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;

namespace Widget.Api.Knowledge;

/// <summary>
/// Calls tenants' own embedding models. Each endpoint has its own circuit, so searches of one tenant do not keep waiting for a broken one.
/// </summary>
public sealed class TenantEmbeddings : ITenantEmbeddings, IDisposable
{
    internal static readonly BreakerSettings Breaker = new("tenants' embedding models")
    {
        FirstPause = TimeSpan.FromSeconds(5),
        MaxPause = TimeSpan.FromMinutes(1),
    };

    /// <summary>A search gives up after about this time, which shows that the model is too slow.</summary>
    private static readonly TimeSpan SlowCall = TimeSpan.FromSeconds(0.9);

    private const int MaxClients = 10_000;

    private readonly ModelAccounts _accounts;
    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _clock;
    private readonly CircuitBreaker _breaker;
    private readonly CachingEmbeddings _cached;
    private readonly ConcurrentDictionary<(TenantId Tenant, string Model), ConnectedModel> _connected = [];

    public TenantEmbeddings(ModelAccounts accounts, IHttpClientFactory http, CircuitBreakerRegistry breakers, TimeProvider clock)
    {
        (_accounts, _http, _clock, _breaker) = (accounts, http, clock, breakers.Get(Breaker));
        // One tracer and one cache for all tenants: each tracer has a meter, and each cache has room for thousands of vectors.
        var traced = new OpenTelemetryEmbeddingGenerator<string, Embedding<float>>(new Dispatcher(), sourceName: AnswerTelemetry.Models)
        {
            EnableSensitiveData = false,
        };
        _cached = new CachingEmbeddings(new NamedCalls(traced), clock);
    }

    public async ValueTask<bool> HasAsync(TenantId tenant, string model, CancellationToken ct) =>
        await _accounts.FindAsync(tenant, ModelPurpose.Embedding, model, ct) is not null;

    public Task ForgetReplacedAsync(TenantId tenant, string serving, CancellationToken ct) =>
        _accounts.RemoveReplacedAsync(tenant, ModelPurpose.Embedding, except: serving, ct);

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        TenantId tenant,
        string model,
        IReadOnlyList<string> texts,
        CancellationToken ct)
    {
        var stored = await _accounts.FindAsync(tenant, ModelPurpose.Embedding, model, ct)
            ?? throw new EmbeddingUnavailableException($"The tenant's own embedding model {model} has been deleted.");
        var account = stored.Account ?? throw new EmbeddingUnavailableException(ModelWords.LostKey);
        // Saving a model again closes its circuit, because its owner may have repaired it.
        var circuit = $"{tenant} {model} {stored.UpdatedAt:O}";
        if (_breaker.Check(circuit) is { State: CircuitState.Open } status)
            throw new EmbeddingUnavailableException(status.Reason ?? "The embedding model is not called for a moment.");
        var start = _clock.GetTimestamp();
        try
        {
            var generated = await _cached.GenerateAsync(
                texts,
                new TenantCall(Connect(tenant, stored, account), account.Model) { ModelId = circuit },
                ct);
            _breaker.RecordSuccess(circuit);
            return Checked(generated, account);
        }
        catch (EmbeddingUnavailableException e)
        {
            // A model that rejects these texts is available.
            if (e.IsRefusal) _breaker.RecordSuccess(circuit);
            else _breaker.RecordFailure(circuit, e.Message);
            throw;
        }
        catch (OperationCanceledException) when (_clock.GetElapsedTime(start) >= SlowCall)
        {
            _breaker.RecordFailure(circuit, $"The embedding model {account.Model} did not answer in time.");
            throw;
        }
    }

    public void Dispose() => _cached.Dispose();

    /// <summary>The vectors of a model that is not saved yet.</summary>
    /// <exception cref="EmbeddingUnavailableException">The model is unavailable.</exception>
    internal Task<GeneratedEmbeddings<Embedding<float>>> TryAsync(ModelAccount account, string text, CancellationToken ct) =>
        Create(account).GenerateAsync([text], cancellationToken: ct);

    // Vectors of another length cannot be compared with the stored ones.
    private static GeneratedEmbeddings<Embedding<float>> Checked(GeneratedEmbeddings<Embedding<float>> generated, ModelAccount account) =>
        generated.FirstOrDefault(embedding => embedding.Vector.Length != account.Dimensions) is { } other
            ? throw new EmbeddingUnavailableException(
                $"The embedding model {account.Model} returned {other.Vector.Length} dimensions instead of {account.Dimensions}. Save the "
                + "model again, so that all passages are embedded again.")
            : generated;

    private OpenAIEmbeddings Connect(TenantId tenant, OwnModel stored, ModelAccount account)
    {
        if (_connected.TryGetValue((tenant, stored.Name), out var known) && known.SavedAt == stored.UpdatedAt) return known.Client;
        if (_connected.Count >= MaxClients) _connected.Clear();
        return (_connected[(tenant, stored.Name)] = new ConnectedModel(stored.UpdatedAt, Create(account))).Client;
    }

    private OpenAIEmbeddings Create(ModelAccount account) => new(
        new EmbeddingModelOptions
        {
            Endpoint = account.Endpoint,
            Key = account.Key,
            Model = account.Model,
            UsesApiKeyHeader = account.UsesApiKeyHeader,
        },
        _http.ForEndpoint(isTenantChosen: true));

    private sealed record ConnectedModel(DateTimeOffset SavedAt, OpenAIEmbeddings Client);

    /// <summary>Carries the model of a call through the shared cache and tracer. The model's id in it is the key of the cache.</summary>
    private sealed class TenantCall(OpenAIEmbeddings client, string model) : EmbeddingGenerationOptions
    {
        public OpenAIEmbeddings Client => client;

        public string Model => model;

        public override EmbeddingGenerationOptions Clone() => new TenantCall(client, model) { ModelId = ModelId };
    }

    /// <summary>Replaces the key of the cache by the model's name, which the tracer reports.</summary>
    private sealed class NamedCalls(IEmbeddingGenerator<string, Embedding<float>> traced)
        : DelegatingEmbeddingGenerator<string, Embedding<float>>(traced)
    {
        public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values,
            EmbeddingGenerationOptions? options = null,
            CancellationToken cancellationToken = default)
        {
            var call = (TenantCall)options!;
            var named = new TenantCall(call.Client, call.Model) { ModelId = call.Model };
            return InnerGenerator.GenerateAsync(values, named, cancellationToken);
        }
    }

    private sealed class Dispatcher : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values,
            EmbeddingGenerationOptions? options = null,
            CancellationToken cancellationToken = default) =>
            ((TenantCall)options!).Client.GenerateAsync(values, cancellationToken: cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

        public void Dispose()
        {
            // There is nothing to dispose of.
        }
    }
}
