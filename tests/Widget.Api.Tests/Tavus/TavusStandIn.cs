using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;
using Widget.Platform.Outbound;
using Widget.Rag.Fetching;
using Widget.Testing;

namespace Widget.Api.Tests.Tavus;

/// <summary>A request as it arrived.</summary>
internal sealed record ArrivedRequest(string Method, string Path, string Query, string? Key, JsonElement? Body)
{
    public required byte[] Raw { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }
}

/// <summary>A server in Tavus's place that says exactly what a test wants, and writes down what it was asked.</summary>
internal sealed class TavusStandIn : IAsyncDisposable
{
    public static readonly TavusAccount Account = new("key-never-to-be-seen", BelongsToTenant: true);

    private readonly WebApplication _app;

    private TavusStandIn(WebApplication app) => _app = app;

    public ConcurrentQueue<ArrivedRequest> Requests { get; } = [];

    /// <summary>What it does with a request, which has been written down before.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = http => JsonAsync(http, 200, "{}");

    public Uri Address => new(_app.Urls.Single());

    public CapturedLog Log { get; } = new();

    public static async Task<TavusStandIn> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var server = new TavusStandIn(app);
        app.Run(async http =>
        {
            using var content = new MemoryStream();
            await http.Request.Body.CopyToAsync(content);
            JsonElement? body = content.Length == 0 || !http.Request.HasJsonContentType()
                ? null
                : JsonSerializer.Deserialize<JsonElement>(content.ToArray());
            var request = new ArrivedRequest(
                http.Request.Method,
                http.Request.Path,
                http.Request.QueryString.Value ?? "",
                http.Request.Headers["x-api-key"],
                body)
            {
                Raw = content.ToArray(),
                Headers = http.Request.Headers.ToDictionary(
                    header => header.Key,
                    header => header.Value.ToString(),
                    StringComparer.OrdinalIgnoreCase),
            };
            http.Items[nameof(ArrivedRequest)] = request;
            server.Requests.Enqueue(request);
            await server.Answer(http);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>The request that is being answered.</summary>
    public static ArrivedRequest Of(HttpContext http) => (ArrivedRequest)http.Items[nameof(ArrivedRequest)]!;

    public static async Task JsonAsync(HttpContext http, int status, string body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body);
    }

    /// <summary>From now on the same answer to everything.</summary>
    public void Says(int status, string body) => Answer = http => JsonAsync(http, status, body);

    /// <summary>Answers by method and path, as <c>GET /v2/personas</c>; everything else is unknown to it.</summary>
    public void Knows(params (string Request, string Body)[] answers) => Answer = http =>
        answers.Where(answer => answer.Request == $"{http.Request.Method} {http.Request.Path}")
            .Select(answer => answer.Body)
            .FirstOrDefault() is { } body
            ? JsonAsync(http, 200, body)
            : JsonAsync(http, 404, """{"message":"Not Found"}""");

    public TavusClient Client(TavusLimits? limits = null, TimeProvider? clock = null, Uri? address = null)
    {
        using var factory = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        clock ??= TimeProvider.System;
        return new TavusClient(
            new TavusApiOptions { Endpoint = address ?? Address },
            TestOutbound.ClientsFor(new FetchOptions(), (TavusTransport.Client, TavusTransport.ConnectTimeout)),
            new CircuitBreakerRegistry(clock),
            clock,
            factory.CreateLogger<TavusClient>(),
            limits);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
    }
}

/// <summary>A clock that stands still until it is told to go on.</summary>
internal sealed class StandingClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());
}
