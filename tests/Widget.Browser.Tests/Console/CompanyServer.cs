using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Widget.Browser.Tests.Console;

/// <summary>A company's own server, which the installation may reach: for tools and webhooks.</summary>
internal sealed class CompanyServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CompanyServer(WebApplication app) => _app = app;

    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    public string Address => _app.Urls.Single().Replace("127.0.0.1", "localhost");

    public static async Task<CompanyServer> StartAsync(Installation installation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new CompanyServer(app);
        app.Urls.Add($"http://127.0.0.1:{installation.WebhookPort}");
        app.MapPost("/{**path}", async (HttpContext http) =>
        {
            server.Requests.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(http.Request.Body));
            return Results.Json(new { state = "shipped" });
        });
        await app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
