using System.Net.ServerSentEvents;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace Widget.Api.Web;

/// <summary>Settings of all event streams.</summary>
internal sealed class EventStreamOptions
{
    /// <summary>
    /// How long a stream may be silent before it sends a comment. Proxies close silent connections; nginx after a minute by default.
    /// </summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>
/// A response of server-sent events that reaches the client at once and stays open through proxies with their default settings.
/// </summary>
internal sealed class EventStream : IAsyncDisposable
{
    private const string KeepAlive = ": keep-alive\n\n";

    private readonly HttpResponse _response;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _ended;
    private readonly CancellationToken _ct;
    private readonly TimeProvider _clock;
    private readonly Task _keepAlive;
    private long _writtenAt;

    private EventStream(HttpContext http, TimeSpan keepAliveInterval, TimeProvider clock)
    {
        (_response, _clock, _ct) = (http.Response, clock, http.RequestAborted);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _response.ContentType = "text/event-stream";
        // A proxy must neither cache nor compress the stream. Compression would hold text back until there is more.
        _response.Headers.CacheControl = "no-cache, no-store, no-transform";
        _response.Headers.ContentEncoding = "identity";
        // nginx buffers responses unless they say otherwise.
        _response.Headers["X-Accel-Buffering"] = "no";
        _writtenAt = clock.GetTimestamp();
        _ended = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        _keepAlive = KeepAliveAsync(keepAliveInterval);
    }

    /// <summary>Begins the response.</summary>
    public static EventStream Open(HttpContext http) => new(
        http,
        http.RequestServices.GetRequiredService<EventStreamOptions>().KeepAliveInterval,
        http.RequestServices.GetRequiredService<TimeProvider>());

    /// <summary>Sends one event.</summary>
    /// <param name="data">The event's data, in one line.</param>
    /// <param name="type">The event's name; null for none.</param>
    /// <param name="id">The event's id; null for none.</param>
    public Task SendAsync(string data, string? type = null, string? id = null)
    {
        var text = new StringBuilder();
        if (type is not null) text.Append("event: ").Append(type).Append('\n');
        text.Append("data: ").Append(data).Append('\n');
        if (id is not null) text.Append("id: ").Append(id).Append('\n');
        return WriteAsync(text.Append('\n').ToString());
    }

    /// <summary>Stops sending comments. The request's handler ends the response.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _keepAlive.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ended.Dispose();
        _writing.Dispose();
    }

    private async Task WriteAsync(string text)
    {
        await _writing.WaitAsync(_ct);
        try
        {
            await _response.WriteAsync(text, _ct);
            await _response.Body.FlushAsync(_ct);
            Volatile.Write(ref _writtenAt, _clock.GetTimestamp());
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task KeepAliveAsync(TimeSpan interval)
    {
        while (true)
        {
            var silent = _clock.GetElapsedTime(Volatile.Read(ref _writtenAt));
            if (silent >= interval) await WriteAsync(KeepAlive);
            else await Task.Delay(interval - silent, _clock, _ended.Token);
        }
    }
}

/// <summary>Sends items as server-sent events as they arrive. It replaces the framework's result, which has no keep-alive.</summary>
/// <param name="items">The events.</param>
internal sealed class EventStreamResult<T>(IAsyncEnumerable<SseItem<T>> items) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
{
    int? IStatusCodeHttpResult.StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await using var stream = EventStream.Open(httpContext);
        try
        {
            await foreach (var item in items.WithCancellation(httpContext.RequestAborted))
                await stream.SendAsync(JsonSerializer.Serialize(item.Data, json), item.EventType, item.EventId);
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the stream.
        }
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(SseItem<T>), ["text/event-stream"]));
}
