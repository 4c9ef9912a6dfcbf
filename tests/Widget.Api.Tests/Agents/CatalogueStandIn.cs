using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Widget.Api.Tests.Agents;

/// <summary>A catalogue of another system over HTTP, with entity tags. It can be told to fail.</summary>
internal sealed class CatalogueStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _version = 1;

    private CatalogueStandIn(WebApplication app) => _app = app;

    public Uri Address => new(new Uri(_app.Urls.Single()), "/api/companions");

    /// <summary>What it returns.</summary>
    public string Content { get; private set; } = """{"companions":[]}""";

    /// <summary>A status with which everything is answered; null to work.</summary>
    public int? Failing { get; set; }

    /// <summary>How often the whole catalogue was sent.</summary>
    public int Sent { get; private set; }

    public static async Task<CatalogueStandIn> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var standIn = new CatalogueStandIn(builder.Build());
        standIn._app.MapGet("/api/companions", standIn.Answer);
        await standIn._app.StartAsync();
        return standIn;
    }

    public void Serve(params JsonNode?[] companions) => ServeText(new JsonObject { ["companions"] = new JsonArray(companions) }.ToJsonString());

    public void ServeText(string content)
    {
        Content = content;
        _version++;
    }

    public static JsonObject Companion(int number, string? name = null) => new()
    {
        ["id"] = $"c{number}",
        ["name"] = name ?? $"Companion {number:000}",
        ["avatarUrl"] = $"https://pictures.example/{number}.png",
        ["description"] = $"Knows a lot about subject {number}.",
        ["voiceId"] = $"voice-{number}",
        ["personality"] = "calm",
        ["metadata"] = new JsonObject { ["age"] = 20 + (number % 40), ["interests"] = new JsonArray("bikes", $"subject{number}") },
        ["unknown"] = true,
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(HttpContext http)
    {
        if (Failing is { } status) return Results.StatusCode(status);
        var tag = $"\"v{_version}\"";
        http.Response.Headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch == tag) return Results.StatusCode(304);
        Sent++;
        return Results.Text(Content, "application/json");
    }
}
