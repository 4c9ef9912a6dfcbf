using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Widget.Api.Tests.TenantTools;

/// <param name="Id">The header <c>webhook-id</c>.</param>
/// <param name="Signatures">The signatures, without their version.</param>
/// <param name="Signed">What was signed.</param>
/// <param name="Body">The call.</param>
internal sealed record ReceivedCall(string Id, IReadOnlyList<string> Signatures, string Signed, JsonElement Body)
{
    /// <summary>Whether a signature was made with the secret, by the text of Standard Webhooks.</summary>
    public bool IsSignedWith(string secret)
    {
        secret.ShouldStartWith("whsec_");
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        return Signatures.Contains(Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Signed))));
    }
}

/// <summary>A tenant's server with a tool. It accepts only what the documentation promises.</summary>
internal sealed class ToolServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ToolServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public string Host => $"{Address.Host}:{Address.Port}";

    public string Url => new Uri(Address, "/tool").ToString();

    public ConcurrentQueue<ReceivedCall> Calls { get; } = [];

    /// <summary>What was wrong with a request.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Writes the response.</summary>
    public Func<HttpContext, Task> Respond { get; set; } = http => http.Response.WriteAsync("""{"stock": 3}""");

    public static async Task<ToolServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ToolServer(builder.Build());
        server._app.MapPost("/tool", server.ReceiveAsync);
        server._app.MapFallback(http =>
        {
            server.Faults.Enqueue($"{http.Request.Method} {http.Request.Path}");
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync();
        var headers = http.Request.Headers;
        var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
        if (!id.StartsWith("msg_", StringComparison.Ordinal)) Faults.Enqueue($"webhook-id is {id}");
        var age = DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp, CultureInfo.InvariantCulture));
        if (age.Duration() > TimeSpan.FromMinutes(5)) Faults.Enqueue($"webhook-timestamp is {timestamp}");
        if (http.Request.ContentType?.StartsWith("application/json", StringComparison.Ordinal) != true) Faults.Enqueue("not JSON");
        var signatures = headers["webhook-signature"].ToString().Split(' ');
        if (!Array.TrueForAll(signatures, signature => signature.StartsWith("v1,", StringComparison.Ordinal))) Faults.Enqueue("no v1");
        using var body = JsonDocument.Parse(text);
        Calls.Enqueue(new ReceivedCall(
            id,
            [.. signatures.Select(signature => signature["v1,".Length..])],
            $"{id}.{timestamp}.{text}",
            body.RootElement.Clone()));
        await Respond(http);
    }
}
