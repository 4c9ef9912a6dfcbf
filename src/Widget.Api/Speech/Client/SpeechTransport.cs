using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Polly;
using Widget.Contracts;
using Widget.Platform.Outbound;

namespace Widget.Api.Speech.Client;

/// <summary>
/// Sends HTTP requests to speech servers, with time limits and a circuit breaker for each account. A request is retried once if the
/// connection or the server failed, and not if the server refused it.
/// </summary>
internal sealed class SpeechTransport(
    IHttpClientFactory clients,
    CircuitBreakerRegistry breakers,
    SpeechOptions options,
    TimeProvider clock)
{
    // Visitors must not wait for a server that is down, because the browser's voice can be used instead.
    public static readonly BreakerSettings Breaker = new("speech")
    {
        FirstPause = TimeSpan.FromSeconds(5),
        MaxPause = TimeSpan.FromMinutes(1),
    };

    private const int MaxErrorBytes = 16 * 1024;
    private const int MaxListBytes = 4 << 20;

    // More than a minute of audio at 320 kbit/s. A server that a tenant chose might never stop sending.
    private const int MaxAudioBytes = 4 << 20;

    private readonly CircuitBreaker _breaker = breakers.Get(Breaker);

    // Retry at once, because a visitor is listening.
    private readonly ResiliencePipeline _retry =
        OutboundPipelines.RetryOnce(failure => failure is SpeechException { CanRepeat: true }, () => TimeSpan.Zero, clock);

    /// <summary>Posts a request and returns the bytes of the answer as they arrive.</summary>
    /// <param name="account">The account to send as.</param>
    /// <param name="path">The path below the endpoint.</param>
    /// <param name="body">The body, written as JSON.</param>
    /// <param name="mediaType">Gets the answer's media type before the first bytes.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="SpeechException">The server refused, failed or stopped sending.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> PostAsync(
        SpeechAccount account,
        string path,
        object body,
        Action<string?> mediaType,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var response = await SendAsync(account, () => Request(HttpMethod.Post, account, path, body), deadline, ct);
        mediaType(response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var (buffer, total) = (new byte[16 * 1024], 0);
        while (true)
        {
            // The time limit starts again with each read.
            deadline.CancelAfter(options.Timeout);
            var read = await GuardAsync(account, async () => await stream.ReadAsync(buffer, deadline.Token), ct);
            if (read == 0) break;
            if ((total += read) > MaxAudioBytes)
                throw new SpeechException(
                    SpeechFault.Refused, $"{account.Endpoint.Host} sends more than {MaxAudioBytes >> 20} MB of audio.");
            yield return buffer.AsSpan(0, read).ToArray();
        }

        _breaker.RecordSuccess(account.Fingerprint);
    }

    /// <summary>Reads JSON; null when there is nothing at this path.</summary>
    /// <exception cref="SpeechException">The server refused or failed.</exception>
    public async Task<JsonElement?> GetAsync(SpeechAccount account, string path, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var response = await SendAsync(
            account, () => Request(HttpMethod.Get, account, path, body: null), deadline, ct, mayBeMissing: true);
        if (!response.IsSuccessStatusCode) return null;
        return await GuardAsync<JsonElement?>(account, async () =>
        {
            var body = await BoundedBody.ReadAsync(response.Content, MaxListBytes, deadline.Token);
            _breaker.RecordSuccess(account.Fingerprint);
            try
            {
                using var json = JsonDocument.Parse(Encoding.UTF8.GetString(body.Content.Span));
                return json.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(
        SpeechAccount account,
        Func<HttpRequestMessage> request,
        CancellationTokenSource deadline,
        CancellationToken ct,
        bool mayBeMissing = false) =>
        await _retry.ExecuteAsync(async _ => await TryAsync(account, request, deadline, mayBeMissing, ct), ct);

    private Task<HttpResponseMessage> TryAsync(
        SpeechAccount account,
        Func<HttpRequestMessage> request,
        CancellationTokenSource deadline,
        bool mayBeMissing,
        CancellationToken ct)
    {
        if (_breaker.Check(account.Fingerprint).State == CircuitState.Open)
            throw new SpeechException(
                SpeechFault.Temporary, $"{account.Endpoint.Host} has failed several times and is not called for a moment.");
        deadline.CancelAfter(options.Timeout);
        return GuardAsync(account, async () =>
        {
            using var message = request();
            var http = clients.ForEndpoint(account.BelongsToTenant);
            var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.IsSuccessStatusCode || (mayBeMissing && (int)response.StatusCode is 404 or 405)) return response;
            using (response)
            {
                var error = await BoundedBody.ReadAsync(response.Content, MaxErrorBytes, deadline.Token);
                throw SpeechErrors.Of(response.StatusCode, Encoding.UTF8.GetString(error.Content.Span), account);
            }
        }, ct);
    }

    // Counts temporary failures and turns every failure into a SpeechException.
    private async Task<T> GuardAsync<T>(SpeechAccount account, Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (SpeechException e)
        {
            if (e.Fault == SpeechFault.Temporary) _breaker.RecordFailure(account.Fingerprint, e.Message);
            throw;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            var silent = $"{account.Endpoint.Host} sent nothing for {options.Timeout.TotalSeconds:0.#} seconds.";
            _breaker.RecordFailure(account.Fingerprint, silent);
            throw new SpeechException(SpeechFault.Temporary, silent, e);
        }
        catch (Exception e) when (PrivateAddressException.IsCauseOf(e))
        {
            throw new SpeechException(
                SpeechFault.Refused,
                $"{account.Endpoint.Host} is not on the public internet, so a tenant's key is not sent there. "
                + "The operator can allow it (WIDGET_FETCH_ALLOW).",
                e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var unreachable = $"{account.Endpoint.Host} cannot be reached or closed the connection.";
            _breaker.RecordFailure(account.Fingerprint, unreachable);
            throw new SpeechException(SpeechFault.Temporary, unreachable, e) { CanRepeat = true };
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, SpeechAccount account, string path, object? body)
    {
        var message = new HttpRequestMessage(method, $"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
        if (body is not null) message.Content = JsonContent.Create(body);
        if (account.Key is not { Length: > 0 } key) return message;
        if (account.Provider == SpeechProvider.ElevenLabs) message.Headers.TryAddWithoutValidation("xi-api-key", key);
        else message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return message;
    }
}
