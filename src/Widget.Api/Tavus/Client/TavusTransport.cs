using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Polly;
using Polly.Timeout;
using Widget.Platform.Database;
using Widget.Platform.Outbound;

namespace Widget.Api.Tavus.Client;

/// <summary>The limits of a request.</summary>
public sealed record TavusLimits
{
    /// <summary>The time limit for a request that reads.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time limit for a request that changes something. Tavus takes a few seconds to open a call.</summary>
    public TimeSpan ChangeTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The maximum size of a response in bytes. The largest responses have the events and the transcript of a long call.</summary>
    public int MaxResponseBytes { get; init; } = 8 * 1024 * 1024;
}

/// <summary>
/// Sends HTTP requests to Tavus, with limits on time and size and a circuit breaker for each account. A request that reads is retried once
/// if Tavus fails. A request that changes something is sent once.
/// </summary>
internal sealed partial class TavusTransport(
    TavusApiOptions api,
    HttpClient http,
    CircuitBreaker breaker,
    TavusLimits limits,
    TimeProvider clock,
    ILogger log)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string Client = "tavus";

    /// <summary>The time limit for opening a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // The pauses are short, because a call that cannot be ended costs money and holds a slot.
    public static readonly BreakerSettings Breaker = new("tavus")
    {
        FirstPause = TimeSpan.FromSeconds(2),
        MaxPause = TimeSpan.FromSeconds(15),
    };

    // The pause is random, so that nodes whose requests failed at the same time do not retry at the same time.
    private readonly ResiliencePipeline _retry =
        OutboundPipelines.RetryOnce(IsWorthRetrying, () => TimeSpan.FromMilliseconds(Random.Shared.Next(50, 250)), clock);

    private readonly ResiliencePipeline _readLimit = OutboundPipelines.TimeLimit(limits.ReadTimeout, clock);
    private readonly ResiliencePipeline _changeLimit = OutboundPipelines.TimeLimit(limits.ChangeTimeout, clock);

    /// <param name="account">The account to send as.</param>
    /// <param name="method">A GET request may be sent twice.</param>
    /// <param name="path">The path after <c>/v2/</c>, with escaped ids.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="TavusException">The request was not carried out, or its outcome is unknown.</exception>
    public async Task<TavusResponse> SendAsync(
        TavusAccount account,
        HttpMethod method,
        string path,
        JsonNode? body,
        CancellationToken ct) =>
        method == HttpMethod.Get
            ? await _retry.ExecuteAsync(async retrying => await TryAsync(account, method, path, body, retrying), ct)
            : await TryAsync(account, method, path, body, ct);

    // A request that timed out is not retried, because its caller has waited long enough.
    private static bool IsWorthRetrying(Exception failure) =>
        failure is TavusException { RetryAfter: null } e
        && (e.Status >= 500 || e.InnerException is HttpRequestException or IOException or SocketException);

    private async Task<TavusResponse> TryAsync(TavusAccount account, HttpMethod method, string path, JsonNode? body, CancellationToken ct)
    {
        if (breaker.Check(account.Fingerprint) is { State: CircuitState.Open } circuit)
            throw new TavusException(TavusFault.Temporary, "Tavus has failed several times. Wait a moment before the next request.")
            {
                RetryAfter = circuit.Wait,
            };

        var start = clock.GetTimestamp();
        var pathWithoutQuery = path.Split('?')[0];
        var isChange = method != HttpMethod.Get;
        try
        {
            var answer = await (isChange ? _changeLimit : _readLimit)
                .ExecuteAsync(async limited => await ExchangeAsync(account, method, path, body, limited), ct);
            breaker.RecordSuccess(account.Fingerprint);
            var took = clock.GetElapsedTime(start).TotalMilliseconds;
            LogDone(method, pathWithoutQuery, answer.Status, took, account);
            return answer;
        }
        catch (TimeoutRejectedException e)
        {
            throw Failed(new TavusException(TavusFault.Temporary, $"Tavus has not answered within {e.Timeout.TotalSeconds:0.#} s.")
            {
                MayHaveHappened = isChange,
            });
        }
        // The time limit for opening a connection was reached.
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Failed(new TavusException(TavusFault.Temporary, "Tavus cannot be reached.", e));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            var wasConnected = WasConnected(e);
            var message = wasConnected ? "Tavus closed the connection." : "Tavus cannot be reached.";
            throw Failed(new TavusException(TavusFault.Temporary, message, e)
            {
                MayHaveHappened = isChange && wasConnected,
            });
        }
        catch (TavusException e)
        {
            throw Failed(e);
        }

        TavusException Failed(TavusException e)
        {
            // A server that answers 429 (too many requests) is available.
            if (e is { Fault: TavusFault.Temporary, Status: not 429 }) breaker.RecordFailure(account.Fingerprint, e.Message);
            else breaker.RecordSuccess(account.Fingerprint);
            Activity.Current?.AddTag("tavus.fault", e.Fault.ToString());
            var took = clock.GetElapsedTime(start).TotalMilliseconds;
            // Callers expect and handle these faults.
            var isExpected = e.Fault is TavusFault.NotFound or TavusFault.Conflict or TavusFault.ConcurrencyReached;
            LogFailed(isExpected ? LogLevel.Information : LogLevel.Warning, method, pathWithoutQuery, e.Fault, e.Status, took, account);
            return e;
        }
    }

    private static bool WasConnected(Exception failure) => failure is not HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError,
    };

    private async Task<TavusResponse> ExchangeAsync(
        TavusAccount account,
        HttpMethod method,
        string path,
        JsonNode? body,
        CancellationToken ct)
    {
        using var request = Request(account, method, path, body);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var status = (int)response.StatusCode;
        if (status == 304) return new TavusResponse(status, null);
        var isChange = method != HttpMethod.Get;
        var (content, isComplete) = await BoundedBody.ReadAsync(response.Content, limits.MaxResponseBytes, ct);
        // The beginning of an error message is enough.
        if (!isComplete && status < 300)
            throw new TavusException(TavusFault.Malformed, $"Tavus's answer is longer than {limits.MaxResponseBytes / 1024} KB.")
            {
                Status = status,
                MayHaveHappened = isChange,
            };
        if (!response.IsSuccessStatusCode)
            throw TavusErrors.Parse(method, status, content.Span, response.Headers, account.Key, clock.GetUtcNow());
        if (content.Span.Trim(" \t\r\n"u8).IsEmpty) return new TavusResponse(status, null);
        try
        {
            using var document = StorableJson.Parse(content.Span);
            return new TavusResponse(status, document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new TavusException(TavusFault.Malformed, "Tavus's answer is not JSON.", e)
            {
                Status = status,
                MayHaveHappened = isChange,
            };
        }
    }

    private HttpRequestMessage Request(TavusAccount account, HttpMethod method, string path, JsonNode? body)
    {
        var request = new HttpRequestMessage(method, $"{api.Endpoint.AbsoluteUri.TrimEnd('/')}/v2/{path}");
        request.Headers.TryAddWithoutValidation("x-api-key", account.Key);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        // Sent with a length, as in Tavus's samples, because not every gateway accepts chunked bodies.
        if (body is not null)
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            };
        return request;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tavus: {Method} {Path} returned {Status} after {Milliseconds:0} ms, {Account}")]
    private partial void LogDone(HttpMethod method, string path, int status, double milliseconds, TavusAccount account);

    [LoggerMessage(Message = "Tavus: {Method} {Path} failed: {Fault}, status {Status}, after {Milliseconds:0} ms, {Account}")]
    private partial void LogFailed(
        LogLevel level,
        HttpMethod method,
        string path,
        TavusFault fault,
        int? status,
        double milliseconds,
        TavusAccount account);
}

/// <param name="Status">2xx, or 304 for a change that changes nothing.</param>
/// <param name="Body">Null when the response has no body.</param>
internal readonly record struct TavusResponse(int Status, JsonElement? Body)
{
    public JsonElement Required => Body ?? throw TavusObject.Malformed("it is empty");
}
