using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Widget.Rag.Rerank;
using Widget.Rag.Tavus;
using Widget.Simulators.Rerank;
using Widget.Simulators.Tavus;

namespace Widget.Rag.Tests;

/// <summary>The simulated external services on a free loopback port, over real HTTP.</summary>
internal sealed class SimulatedServices : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatedServices(WebApplication app) => _app = app;

    public TavusBehavior Tavus { get; } = new();

    public RerankBehavior Reranker { get; } = new();

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Options with a valid key.</summary>
    public TavusOptions TavusOptions => new() { Endpoint = new Uri(Address, "/tavus"), Key = TavusEndpoints.Key };

    public RerankOptions RerankOptions =>
        new() { Endpoint = new Uri(Address, "/cohere/v2"), Key = RerankEndpoints.Key, Model = RerankEndpoints.Model };

    public static async Task<SimulatedServices> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Services;
        var services = default(SimulatedServices);
        app.AddSingleton(_ => services!.Tavus);
        app.AddSingleton<SimulatedTavus>();
        app.AddSingleton(_ => services!.Reranker);
        var built = builder.Build();
        services = new SimulatedServices(built);
        built.MapTavus();
        built.MapRerank();
        await built.StartAsync();
        return services;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
