using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Polly;
using Polly.Timeout;
using Widget.Contracts;
using Widget.Platform.Outbound;
using Widget.Platform.Text;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// Sends HTTP requests to voice providers, with limits on time and size and a circuit breaker per account. It does not retry.
/// </summary>
public sealed class VoiceHttp(IHttpClientFactory clients, CircuitBreakerRegistry breakers, TimeProvider clock)
{
    // The pauses are short, because a call that can't be hung up costs money.
    public static readonly BreakerSettings Breaker = new("voice")
    {
        FirstPause = TimeSpan.FromSeconds(2),
        MaxPause = TimeSpan.FromSeconds(15),
    };

    /// <summary>Providers take a second or two to open a call, and a visitor is waiting.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(12);

    private const int MaxResponseBytes = 1024 * 1024;

    private readonly CircuitBreaker _breaker = breakers.Get(Breaker);
    private readonly ResiliencePipeline _timeout = OutboundPipelines.TimeLimit(RequestTimeout, clock);

    /// <summary>An address below the account's endpoint.</summary>
    public static Uri Address(VoiceAccount account, string path) => new($"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>Sends a request.</summary>
    /// <exception cref="VoiceProviderException">The request failed, or its outcome is unknown.</exception>
    public async Task<VoiceReply> SendAsync(
        VoiceAccount account,
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken ct,
        params (string Name, string Value)[] headers)
    {
        if (_breaker.Check(account.Fingerprint).State == CircuitState.Open)
            throw new VoiceProviderException(VoiceFault.Temporary, "The provider failed several times and is not called for a moment.");
        using var request = new HttpRequestMessage(method, Address(account, path)) { Content = content };
        Authorize(account, (name, value) => request.Headers.TryAddWithoutValidation(name, value));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            return await _timeout.ExecuteAsync(async token => await ExchangeAsync(account, request, token), ct);
        }
        catch (Exception e) when (e is TimeoutRejectedException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var message = $"The provider did not answer within {RequestTimeout.TotalSeconds:0} s.";
            throw Failed(new VoiceProviderException(VoiceFault.Temporary, message));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw Failed(new VoiceProviderException(VoiceFault.Temporary, "The provider can't be reached.", e));
        }

        VoiceProviderException Failed(VoiceProviderException e)
        {
            _breaker.RecordFailure(account.Fingerprint, e.Message);
            return e;
        }
    }

    private async Task<VoiceReply> ExchangeAsync(VoiceAccount account, HttpRequestMessage request, CancellationToken ct)
    {
        using var response = await clients.ForEndpoint(account.BelongsToTenant)
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var body = await BoundedBody.ReadAsync(response.Content, MaxResponseBytes, ct);
        if (!body.IsComplete) throw new VoiceProviderException(VoiceFault.Temporary, "The provider's response is too long.");
        // A server that answers 429 is up, so it counts as a success.
        var status = (int)response.StatusCode;
        if (status is 408 or >= 500) _breaker.RecordFailure(account.Fingerprint, $"The provider answered {status}.");
        else _breaker.RecordSuccess(account.Fingerprint);
        var text = Encoding.UTF8.GetString(body.Content.Span);
        if (!response.IsSuccessStatusCode) throw ErrorOf(response.StatusCode, text);
        return new VoiceReply(text, response.Headers.Location?.OriginalString);
    }

    /// <summary>Adds the header with the account's key.</summary>
    internal static void Authorize(VoiceAccount account, Action<string, string> header)
    {
        if (account.Key is not { } key) return;
        if (account.Protocol == VoiceProtocol.AzureRealtime) header("api-key", key);
        else header("Authorization", new AuthenticationHeaderValue("Bearer", key).ToString());
    }

    // The formats are OpenAI's {"error":{message,code}} and {"detail"} of self-hosted servers on FastAPI.
    private static VoiceProviderException ErrorOf(HttpStatusCode status, string text)
    {
        var (code, message) = ReadError(text);
        var fault = ((int)status, code) switch
        {
            (_, "insufficient_quota" or "billing_hard_timeout_reached") or (402, _) => VoiceFault.Quota,
            (401 or 403, _) => VoiceFault.BadKey,
            (404, _) or (_, "model_not_found") => VoiceFault.NotFound,
            (408 or 409 or 425 or 429 or >= 500, _) => VoiceFault.Temporary,
            _ => VoiceFault.Refused,
        };
        var codeText = code is null ? "" : $" ({code})";
        var messageText = message is null ? "" : $": {message}";
        return new VoiceProviderException(fault, $"The provider answered {(int)status}{codeText}{messageText}") { Status = (int)status };
    }

    private static (string? Code, string? Message) ReadError(string text)
    {
        const int MaxErrorLength = 300;
        try
        {
            using var body = JsonDocument.Parse(text);
            if (body.RootElement.ValueKind != JsonValueKind.Object) return default;
            var error = body.RootElement.TryGetProperty("error", out var inner) ? inner : body.RootElement;
            if (error.ValueKind == JsonValueKind.String) return (null, Truncation.Truncate(error.GetString()!, MaxErrorLength));
            var message = error.Text("message") ?? error.Text("detail");
            return (error.Text("code"), message is null ? null : Truncation.Truncate(message, MaxErrorLength));
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>A provider's response.</summary>
/// <param name="Text">The body.</param>
/// <param name="Location">The Location header.</param>
public sealed record VoiceReply(string Text, string? Location)
{
    /// <summary>The body as JSON.</summary>
    /// <exception cref="VoiceProviderException">The body is not JSON.</exception>
    public JsonElement Json()
    {
        try
        {
            using var body = JsonDocument.Parse(Text);
            return body.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new VoiceProviderException(VoiceFault.Temporary, "The provider's response is not JSON.", e);
        }
    }
}
