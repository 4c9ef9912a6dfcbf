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

/// <summary>HTTP to voice providers, bounded in time and size, behind an account's circuit breaker and without retries.</summary>
public sealed class VoiceHttp(IHttpClientFactory clients, CircuitBreakerRegistry breakers, TimeProvider clock)
{
    // The longest pause is short, because a call that cannot be hung up costs money.
    public static readonly BreakerSettings Breaker = new("voice")
    {
        FirstPause = TimeSpan.FromSeconds(2),
        LongestPause = TimeSpan.FromSeconds(15),
    };

    /// <summary>Providers take a second or two to open a call, and a visitor is waiting.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(12);

    private const int LargestAnswer = 1024 * 1024;

    private readonly CircuitBreaker _breaker = breakers.Get(Breaker);
    private readonly ResiliencePipeline _limit = OutboundPipelines.TimeLimit(Longest, clock);

    /// <summary>An address below the account's endpoint.</summary>
    public static Uri Address(VoiceAccount account, string path) => new($"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <exception cref="VoiceProviderException">The request was not carried out, or its outcome is unknown.</exception>
    public async Task<VoiceReply> SendAsync(
        VoiceAccount account,
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken ct,
        params (string Name, string Value)[] headers)
    {
        if (_breaker.Ask(account.Fingerprint).State == CircuitState.Open)
            throw new VoiceProviderException(VoiceFault.Temporary, "It has failed several times and is not called for a moment.");
        using var request = new HttpRequestMessage(method, Address(account, path)) { Content = content };
        Authorize(account, (name, value) => request.Headers.TryAddWithoutValidation(name, value));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            return await _limit.ExecuteAsync(async limited => await ExchangeAsync(account, request, limited), ct);
        }
        catch (Exception e) when (e is TimeoutRejectedException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw Failed(new VoiceProviderException(VoiceFault.Temporary, $"It has not answered within {Longest.TotalSeconds:0} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw Failed(new VoiceProviderException(VoiceFault.Temporary, "It cannot be reached.", e));
        }

        VoiceProviderException Failed(VoiceProviderException e)
        {
            _breaker.Failed(account.Fingerprint, e.Message);
            return e;
        }
    }

    private async Task<VoiceReply> ExchangeAsync(VoiceAccount account, HttpRequestMessage request, CancellationToken ct)
    {
        using var response = await clients.ForEndpoint(account.IsTenants).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var body = await BoundedBody.ReadAsync(response.Content, LargestAnswer, ct);
        if (!body.IsComplete) throw new VoiceProviderException(VoiceFault.Temporary, "Its answer is too long.");
        // A server that limits the rate of requests is up.
        if ((int)response.StatusCode is 408 or >= 500) _breaker.Failed(account.Fingerprint, $"It answered {(int)response.StatusCode}.");
        else _breaker.Succeeded(account.Fingerprint);
        var text = Encoding.UTF8.GetString(body.Content.Span);
        if (!response.IsSuccessStatusCode) throw Refusal(response.StatusCode, text);
        return new VoiceReply(text, response.Headers.Location?.OriginalString);
    }

    /// <summary>The header that carries the account's key.</summary>
    internal static void Authorize(VoiceAccount account, Action<string, string> header)
    {
        if (account.Key is not { } key) return;
        if (account.Protocol == VoiceProtocol.AzureRealtime) header("api-key", key);
        else header("Authorization", new AuthenticationHeaderValue("Bearer", key).ToString());
    }

    // OpenAI's {"error":{message,code}}, and {"detail"} of self-hosted servers on FastAPI.
    private static VoiceProviderException Refusal(HttpStatusCode status, string text)
    {
        var (code, message) = Error(text);
        var fault = ((int)status, code) switch
        {
            (_, "insufficient_quota" or "billing_hard_limit_reached") or (402, _) => VoiceFault.Quota,
            (401 or 403, _) => VoiceFault.BadKey,
            (404, _) or (_, "model_not_found") => VoiceFault.NotFound,
            (408 or 409 or 425 or 429 or >= 500, _) => VoiceFault.Temporary,
            _ => VoiceFault.Refused,
        };
        var codeText = code is null ? "" : $" ({code})";
        var messageText = message is null ? "" : $": {message}";
        return new VoiceProviderException(fault, $"It answered {(int)status}{codeText}{messageText}") { Status = (int)status };
    }

    private static (string? Code, string? Message) Error(string text)
    {
        const int LongestWords = 300;
        try
        {
            using var body = JsonDocument.Parse(text);
            if (body.RootElement.ValueKind != JsonValueKind.Object) return default;
            var error = body.RootElement.TryGetProperty("error", out var inner) ? inner : body.RootElement;
            if (error.ValueKind == JsonValueKind.String) return (null, Truncation.Truncate(error.GetString()!, LongestWords));
            var message = error.Text("message") ?? error.Text("detail");
            return (error.Text("code"), message is null ? null : Truncation.Truncate(message, LongestWords));
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <param name="Text">The body.</param>
/// <param name="Location">The Location header.</param>
public sealed record VoiceReply(string Text, string? Location)
{
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
            throw new VoiceProviderException(VoiceFault.Temporary, "Its answer is not JSON.", e);
        }
    }
}
