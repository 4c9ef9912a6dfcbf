using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Widget.Api.Outbound;
using Widget.Platform.Database;

namespace Widget.Api.Tavus.Client;

/// <summary>What a request may cost.</summary>
public sealed record TavusLimits
{
    /// <summary>Until a connection stands.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until something has been read.</summary>
    public TimeSpan Read { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Until something has been changed; opening a call takes Tavus a few seconds.</summary>
    public TimeSpan Change { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Longest answer that is read, in bytes. The events of a long call, with its transcript, are the largest.</summary>
    public int Answer { get; init; } = 8 * 1024 * 1024;
}

/// <summary>
/// HTTP with Tavus: bounded in time and size, behind an account's circuit breaker. Reading is tried once more when Tavus fails; whatever changes something is
/// sent once. Follows no redirects: they would take the key elsewhere.
/// </summary>
internal sealed partial class TavusTransport : IDisposable
{
    private readonly TavusApiOptions _api;
    private readonly TavusLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly AccountBreakers _breakers;
    private readonly HttpClient _http;

    public TavusTransport(TavusApiOptions api, TavusLimits limits, TimeProvider clock, ILogger log)
    {
        (_api, _limits, _clock, _log) = (api, limits, clock, log);
        // The longest pause is short: calls that nobody ends cost money and hold slots.
        _breakers = new AccountBreakers(clock, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15));
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            // Names move to other addresses; connections that live for ever would not notice.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = limits.Connect,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Accounts whose breaker is open.</summary>
    public int OpenBreakers => _breakers.Open;

    /// <param name="account">Whose.</param>
    /// <param name="method">GET may be tried twice.</param>
    /// <param name="path">After <c>/v2/</c>, ids escaped.</param>
    /// <param name="body">Null for none.</param>
    /// <param name="ct">The caller's.</param>
    /// <returns>The answer; null when it was empty.</returns>
    /// <exception cref="TavusException">It was not done, or nobody knows.</exception>
    public async Task<TavusAnswer> SendAsync(TavusAccount account, HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        try
        {
            return await TryAsync(account, method, path, body, ct);
        }
        // After a timeout whoever waits has waited long enough.
        catch (TavusException e) when (method == HttpMethod.Get && e.RetryAfter is null && (e.Status >= 500 || e.InnerException is HttpRequestException or IOException or SocketException))
        {
            // Two nodes that failed together should not come back together.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(50, 250)), _clock, ct);
            return await TryAsync(account, method, path, body, ct);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<TavusAnswer> TryAsync(TavusAccount account, HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        if (_breakers.Refusal(account.Fingerprint) is { } pause)
            throw new TavusException(TavusFault.Temporary, "Tavus does not answer; it is left alone for a moment.") { RetryAfter = pause };

        var start = _clock.GetTimestamp();
        var place = path.Split('?')[0];
        var changes = method != HttpMethod.Get;
        var limit = changes ? _limits.Change : _limits.Read;
        using var deadline = new CancellationTokenSource(limit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            var answer = await ExchangeAsync(account, method, path, body, either.Token);
            _breakers.Worked(account.Fingerprint);
            var took = _clock.GetElapsedTime(start).TotalMilliseconds;
            LogDone(method, place, answer.Status, took, account);
            return answer;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested && !deadline.IsCancellationRequested)
        {
            throw Failed(new TavusException(TavusFault.Temporary, "Tavus cannot be reached.", e));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Failed(new TavusException(TavusFault.Temporary, $"Tavus has not answered within {limit.TotalSeconds:0.#} s.") { MayHaveHappened = changes });
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            var connected = e is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
            throw Failed(new TavusException(TavusFault.Temporary, connected ? "Tavus broke the connection off." : "Tavus cannot be reached.", e) { MayHaveHappened = changes && connected });
        }
        catch (TavusException e)
        {
            throw Failed(e);
        }

        TavusException Failed(TavusException e)
        {
            // Being told to come later is a sign of life.
            if (e is { Fault: TavusFault.Temporary, Status: not 429 }) _breakers.Failed(account.Fingerprint);
            else _breakers.Worked(account.Fingerprint);
            Activity.Current?.AddTag("tavus.fault", e.Fault.ToString());
            var took = _clock.GetElapsedTime(start).TotalMilliseconds;
            // What callers expect and deal with is no alarm.
            var level = e.Fault is TavusFault.NotFound or TavusFault.Conflict or TavusFault.ConcurrencyReached ? LogLevel.Information : LogLevel.Warning;
            LogFailed(level, method, place, e.Fault, e.Status, took, account);
            return e;
        }
    }

    private async Task<TavusAnswer> ExchangeAsync(TavusAccount account, HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, $"{_api.Endpoint.AbsoluteUri.TrimEnd('/')}/v2/{path}");
        request.Headers.TryAddWithoutValidation("x-api-key", account.Key);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        // Sent with its length, as its own samples do; chunked bodies are not everybody's.
        if (body is not null) request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var status = (int)response.StatusCode;
        if (status == 304) return new TavusAnswer(status, null);
        var content = await ReadAsync(response, status, method, ct);
        if (!response.IsSuccessStatusCode) throw TavusErrors.Read(method, status, content.Span, response.Headers, account.Key, _clock.GetUtcNow());
        if (content.Span.Trim(" \t\r\n"u8).IsEmpty) return new TavusAnswer(status, null);
        try
        {
            using var document = StorableJson.Parse(content.Span);
            return new TavusAnswer(status, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new TavusException(TavusFault.Malformed, "Tavus's answer is not JSON.", e) { Status = status, MayHaveHappened = method != HttpMethod.Get };
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int status, HttpMethod method, CancellationToken ct)
    {
        var content = new ArrayBufferWriter<byte>();
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        for (int read; (read = await stream.ReadAsync(content.GetMemory(16 * 1024), ct)) > 0;)
        {
            content.Advance(read);
            if (content.WrittenCount <= _limits.Answer) continue;
            // Of a refusal the beginning is plenty.
            if (status >= 300) break;
            throw new TavusException(TavusFault.Malformed, $"Tavus's answer is longer than {_limits.Answer / 1024} KB.") { Status = status, MayHaveHappened = method != HttpMethod.Get };
        }

        return content.WrittenMemory;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tavus: {Method} {Path} gave {Status} after {Milliseconds:0} ms, {Account}")]
    private partial void LogDone(HttpMethod method, string path, int status, double milliseconds, TavusAccount account);

    [LoggerMessage(Message = "Tavus: {Method} {Path} failed: {Fault}, status {Status}, after {Milliseconds:0} ms, {Account}")]
    private partial void LogFailed(LogLevel level, HttpMethod method, string path, TavusFault fault, int? status, double milliseconds, TavusAccount account);
}

/// <param name="Status">2xx, or 304 for a change that changes nothing.</param>
/// <param name="Body">Null when there is none.</param>
internal readonly record struct TavusAnswer(int Status, JsonElement? Body)
{
    public JsonElement Required => Body ?? throw TavusObject.Malformed("it is empty");
}
