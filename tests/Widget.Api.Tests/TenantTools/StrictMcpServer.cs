using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Widget.Api.Tests.TenantTools;

/// <summary>
/// A server of the Model Context Protocol, revision 2025-06-18, over streamable HTTP. It is written from the specification and not with the
/// SDK, and records every request that the specification does not allow.
/// </summary>
internal sealed class StrictMcpServer : IAsyncDisposable
{
    private const string Revision = "2025-06-18";
    private const string Key = "Bearer letmein";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, bool> _sessions = new(StringComparer.Ordinal);

    private StrictMcpServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public string Host => $"{Address.Host}:{Address.Port}";

    public string Url => new Uri(Address, "/mcp").ToString();

    public static object Headers { get; } = new { authorization = Key };

    public ConcurrentQueue<JsonElement> Calls { get; } = [];

    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>The result of a call.</summary>
    public Func<JsonElement, Task<object>> Run { get; set; } = call => Task.FromResult<object>(
        new { content = new[] { new { type = "text", text = $"Ride {call.GetProperty("arguments").GetProperty("bike")} is free." } } });

    /// <summary>Whether responses are streams of events.</summary>
    public bool Streams { get; set; }

    /// <summary>The type of a tool's arguments. The protocol allows only "object".</summary>
    public string Schema { get; set; } = "object";

    public static async Task<StrictMcpServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new StrictMcpServer(builder.Build());
        server._app.MapPost("/mcp", (Delegate)server.HandleAsync);
        server._app.MapDelete("/mcp", server.EndSession);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult EndSession(HttpRequest request)
    {
        if (!_sessions.TryRemove(request.Headers["Mcp-Session-Id"].ToString(), out _)) Faults.Enqueue("DELETE of an unknown session");
        return Results.NoContent();
    }

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.Authorization != Key) return Results.StatusCode(StatusCodes.Status401Unauthorized);
        var accepted = headers.Accept.ToString();
        if (!accepted.Contains("application/json", StringComparison.Ordinal)
            || !accepted.Contains("text/event-stream", StringComparison.Ordinal))
            Faults.Enqueue($"Accept is {accepted}");
        using var document = await JsonDocument.ParseAsync(http.Request.Body);
        var message = document.RootElement.Clone();
        if (message.ValueKind != JsonValueKind.Object || message.GetProperty("jsonrpc").GetString() != "2.0")
        {
            Faults.Enqueue("not JSON-RPC 2.0");
            return Results.BadRequest();
        }

        var method = message.GetProperty("method").GetString()!;
        var hasId = message.TryGetProperty("id", out var id);
        if (method == "initialize") return await ReplyAsync(http, id, Initialize(http, message));
        // A client may ask for methods of a later revision first, outside of a session.
        if (!headers.ContainsKey("Mcp-Session-Id") && method is not ("tools/list" or "tools/call" or "notifications/initialized"))
            return Results.Json(Error(id, -32601, "Method not found"));
        if (!_sessions.ContainsKey(headers["Mcp-Session-Id"].ToString()))
        {
            Faults.Enqueue($"{method} without a session");
            return Results.BadRequest();
        }

        if (headers["MCP-Protocol-Version"] != Revision) Faults.Enqueue($"{method} with revision {headers["MCP-Protocol-Version"]}");
        if (!hasId) return Results.StatusCode(StatusCodes.Status202Accepted);
        var parameters = message.TryGetProperty("params", out var given) ? given : default;
        return method switch
        {
            "ping" => await ReplyAsync(http, id, new { }),
            "tools/list" => await ReplyAsync(http, id, List(parameters)),
            "tools/call" => await ReplyAsync(http, id, await CallAsync(parameters)),
            _ => Results.Json(Error(id, -32601, "Method not found")),
        };
    }

    private object Initialize(HttpContext http, JsonElement message)
    {
        var parameters = message.GetProperty("params");
        if (!parameters.TryGetProperty("clientInfo", out _)) Faults.Enqueue("initialize without clientInfo");
        if (!parameters.TryGetProperty("capabilities", out _)) Faults.Enqueue("initialize without capabilities");
        var session = Guid.NewGuid().ToString("N");
        _sessions[session] = true;
        http.Response.Headers["Mcp-Session-Id"] = session;
        return new
        {
            protocolVersion = Revision,
            capabilities = new { tools = new { } },
            serverInfo = new { name = "strict", version = "1" },
        };
    }

    // Two pages, so that a client must follow the cursor. The schema has rules that we do not know.
    private object List(JsonElement parameters) =>
        parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("cursor", out var cursor) && cursor.GetString() == "2"
            ? new
            {
                tools = new object[]
                {
                    new
                    {
                        name = "Cancel.Ride",
                        description = "Cancels a ride.",
                        inputSchema = new { type = Schema },
                    },
                },
            }
            : new
            {
                tools = new object[]
                {
                    new
                    {
                        name = "find_ride",
                        description = "Finds a free ride.",
                        inputSchema = JsonNode.Parse(
                            """
                            {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                             "properties": {
                               "bike": {"type": "string", "pattern": "^[A-Z]"},
                               "when": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
                             "required": ["bike"]}
                            """),
                        annotations = new { readOnlyHint = true },
                    },
                },
                nextCursor = "2",
            };

    private async Task<object> CallAsync(JsonElement parameters)
    {
        Calls.Enqueue(parameters);
        return await Run(parameters);
    }

    private async Task<IResult> ReplyAsync(HttpContext http, JsonElement id, object result)
    {
        var reply = JsonSerializer.Serialize(new { jsonrpc = "2.0", id, result }, JsonSerializerOptions.Web);
        if (!Streams) return Results.Text(reply, "application/json");
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync($"event: message\ndata: {reply}\n\n");
        return Results.Empty;
    }

    private static object Error(JsonElement id, int code, string message) => new { jsonrpc = "2.0", id, error = new { code, message } };
}
