using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Widget.Api.Outbound;
using Widget.Contracts;
using Widget.Platform.Text;

namespace Widget.Api.Voice.Providers;

/// <summary>
/// HTTP with the providers of voice: bounded in time and size, behind an account's circuit breaker, without redirects, which would take the key elsewhere,
/// and without retries.
/// </summary>
public sealed class VoiceHttp(GuardedHttp http, TimeProvider clock)
{
    /// <summary>Opening a call takes a provider a second or two; a visitor is waiting.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(12);

    private const int LargestAnswer = 1024 * 1024;

    // Not for long: calls that nobody hangs up cost money.
    private readonly AccountBreakers _breakers = new(clock, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15));

    /// <summary>Accounts whose breaker is open.</summary>
    public int OpenBreakers => _breakers.Open;

    /// <summary>An address below the account's endpoint.</summary>
    public static Uri Address(VoiceAccount account, string path) => new($"{account.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <exception cref="VoiceProviderException">It was not done, or nobody knows.</exception>
    public async Task<VoiceReply> SendAsync(VoiceAccount account, HttpMethod method, string path, HttpContent? content, CancellationToken ct, params (string Name, string Value)[] headers)
    {
        if (_breakers.Refusal(account.Fingerprint) is not null) throw new VoiceProviderException(VoiceFault.Temporary, "It has failed several times and is left alone for a moment.");
        using var request = new HttpRequestMessage(method, Address(account, path)) { Content = content };
        Authorize(account, (name, value) => request.Headers.TryAddWithoutValidation(name, value));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(Longest);
        try
        {
            using var response = await http.For(account.IsTenants).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
            if (response.Content.Headers.ContentLength > LargestAnswer) throw new VoiceProviderException(VoiceFault.Temporary, "Its answer is too long.");
            await response.Content.LoadIntoBufferAsync(LargestAnswer, limited.Token);
            var text = await response.Content.ReadAsStringAsync(limited.Token);
            // Being told to come later is a sign of life.
            if ((int)response.StatusCode is 408 or >= 500) _breakers.Failed(account.Fingerprint);
            else _breakers.Worked(account.Fingerprint);
            if (!response.IsSuccessStatusCode) throw Refusal(response.StatusCode, text);
            return new VoiceReply(text, response.Headers.Location?.OriginalString);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            _breakers.Failed(account.Fingerprint);
            throw new VoiceProviderException(VoiceFault.Temporary, $"It has not answered within {Longest.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            _breakers.Failed(account.Fingerprint);
            throw new VoiceProviderException(VoiceFault.Temporary, "It cannot be reached.", e);
        }
    }

    /// <summary>The header that carries the account's key.</summary>
    internal static void Authorize(VoiceAccount account, Action<string, string> header)
    {
        if (account.Key is not { } key) return;
        if (account.Protocol == VoiceProtocol.AzureRealtime) header("api-key", key);
        else header("Authorization", new AuthenticationHeaderValue("Bearer", key).ToString());
    }

    // OpenAI's {"error":{message,code}}, and FastAPI's {"detail"} of servers of one's own.
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
        return new VoiceProviderException(fault, $"It answered {(int)status}{(code is null ? "" : $" ({code})")}{(message is null ? "" : $": {message}")}") { Status = (int)status };
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
/// <param name="Location">The header of that name.</param>
public sealed record VoiceReply(string Text, string? Location)
{
    /// <exception cref="VoiceProviderException">It is none.</exception>
    public JsonElement Json()
    {
        try
        {
            using var body = JsonDocument.Parse(Text);
            return body.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new VoiceProviderException(VoiceFault.Temporary, "Its answer is no JSON.", e);
        }
    }
}
