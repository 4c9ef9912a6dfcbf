using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;
using Widget.Simulators.Rerank;
using Widget.Simulators.Tavus;

namespace Widget.Rag.Tests;

/// <summary>The simulated outside on a free port of loopback, over real HTTP.</summary>
internal sealed class Outside : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Outside(WebApplication app) => _app = app;

    public TavusBehavior Tavus { get; } = new();

    public RerankBehavior Reranker { get; } = new();

    public Uri Address => new(_app.Urls.Single());

    /// <summary>What reaches it with a key that is good.</summary>
    public TavusOptions TavusOptions => new() { Endpoint = new Uri(Address, "/tavus"), Key = TavusEndpoints.Key };

    public RerankOptions RerankOptions => new() { Endpoint = new Uri(Address, "/cohere/v2"), Key = RerankEndpoints.Key, Model = RerankEndpoints.Model };

    public static async Task<Outside> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Services;
        var outside = default(Outside);
        app.AddSingleton(_ => outside!.Tavus);
        app.AddSingleton<SimulatedTavus>();
        app.AddSingleton(_ => outside!.Reranker);
        var built = builder.Build();
        outside = new Outside(built);
        built.MapTavus();
        built.MapRerank();
        await built.StartAsync();
        return outside;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
