using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Widget.Api.Answers;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Knowledge;
using Widget.Api.Limits;
using Widget.Api.Tavus;
using Widget.Api.Telemetry;
using Widget.Api.Usage;
using Widget.Api.Video;
using Widget.Api.Voice;
using Widget.Api.Voice.Calls;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Fetching;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;
using Widget.Testing;

namespace Widget.Api.Tests.Fixtures;

/// <summary>The API on a free port of loopback, as a node of its own on the database it is given.</summary>
public sealed class ApiNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiNode(WebApplication app, CapturedLog log) => (_app, Log) = (app, log);

    public Uri Address => new(_app.Urls.Single());

    public CapturedLog Log { get; }

    public static async Task<ApiNode> StartAsync(
        TestDatabase database,
        ChatModelOptions? chat = null,
        EmbeddingModelOptions? embedding = null,
        FetchOptions? fetching = null,
        string? hostSuffix = null,
        TavusOptions? tavus = null,
        RerankOptions? rerank = null,
        TavusApiOptions? tavusApi = null,
        VideoTimings? video = null,
        Uri? publicAddress = null,
        VoiceOptions? voice = null,
        VoiceTimings? voiceTimings = null,
        Action<IServiceCollection>? services = null,
        LimitOptions? limits = null,
        TrustedProxies? trustedProxies = null,
        BudgetOptions? budgets = null,
        TelemetryOptions? telemetry = null,
        IReadOnlyList<string>? settings = null,
        Func<ServerOptions, ServerOptions>? configure = null)
    {
        var log = new CapturedLog();
        var address = publicAddress is { IsLoopback: true } ? publicAddress : new Uri($"http://127.0.0.1:{Simulator.FreePort()}");
        var options = new ServerOptions
        {
            Database = database.Application,
            Chat = chat ?? new ChatModelOptions(),
            Embedding = embedding ?? new EmbeddingModelOptions(),
            // Computing vectors of meaning takes processor time that most tests have no use for.
            LocalEmbedding = new LocalEmbeddingOptions { IsEnabled = false },
            Fetching = fetching ?? new FetchOptions(),
            Tavus = tavus ?? new TavusOptions(),
            Rerank = rerank ?? new RerankOptions(),
            // Both use the installation's key, as in production.
            TavusApi = tavusApi
                ?? (tavus is null ? new TavusApiOptions() : new TavusApiOptions { Endpoint = tavus.Endpoint!, Key = tavus.Key }),
            Video = video ?? new VideoTimings(),
            Voice = voice ?? new VoiceOptions(),
            VoiceTimings = voiceTimings ?? new VoiceTimings(),
            Installation = new InstallationOptions { PublicAddress = publicAddress ?? address, HostSuffix = hostSuffix },
            // Most tests send more requests than a visitor would, so limits are off unless a test sets them.
            Limits = limits ?? LimitOptions.None,
            TrustedProxies = trustedProxies ?? TrustedProxies.None,
            Budgets = budgets ?? new BudgetOptions(),
            Telemetry = telemetry ?? new TelemetryOptions(),
        };
        options = configure?.Invoke(options) ?? options;
        var app = Server.Build([$"--urls={address.AbsoluteUri}", .. settings ?? []], options, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(log);
            services?.Invoke(builder.Services);
        });
        await app.StartAsync();
        return new ApiNode(app, log);
    }

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A service that is not registered on every node.</summary>
    public T? Optional<T>()
        where T : class => _app.Services.GetService<T>();

    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Stops the node gracefully.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
