using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Widget.Api.Outbound;
using Widget.Contracts;

namespace Widget.Api.Speech.Client;

/// <summary>
/// Carries requests to speech servers: with deadlines, behind a breaker, and with faults told apart. What a server could not even begin to answer is
/// asked once more; what it refused is not.
/// </summary>
internal sealed class SpeechTransport(GuardedHttp http, SpeechOptions options, TimeProvider clock)
{
    private const int Attempts = 2;
    private const int LongestError = 16 * 1024;
    private const int LongestList = 4 << 20;

    // A minute's sound at 320 kbit/s. A server that a tenant names might never end.
    private const int LongestSound = 4 << 20;

    // A dead voice must cost visitors no silence; the browser's goes on at once.
    private readonly AccountBreakers _breakers = new(clock, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    /// <summary>Accounts whose breaker is open.</summary>
    public int OpenBreakers => _breakers.Open;

    /// <summary>Posts a request and gives its answer's bytes as they come.</summary>
    /// <param name="account">Whom to ask.</param>
    /// <param name="path">After the endpoint.</param>
    /// <param name="body">Written as JSON.</param>
    /// <param name="mediaType">Told what the answer is, before its first bytes.</param>
    /// <param name="ct">Ends the request.</param>
    /// <exception cref="SpeechException">It refuses, fails or falls silent.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> PostAsync(
        SpeechAccount account, string path, object body, Action<string?> mediaType, [EnumeratorCancellation] CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var response = await SendAsync(account, () => Request(HttpMethod.Post, account, path, body), deadline, ct);
        mediaType(response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var (buffer, total) = (new byte[16 * 1024], 0);
        while (true)
        {
            deadline.CancelAfter(options.Patience);
            var read = await GuardAsync(account, async () => await stream.ReadAsync(buffer, deadline.Token), ct);
            if (read == 0) break;
            if ((total += read) > LongestSound) throw new SpeechException(SpeechFault.Refused, $"{account.Endpoint.Host} sends sound without end.");
            yield return buffer.AsSpan(0, read).ToArray();
        }

        _breakers.Worked(account.Fingerprint);
    }

    /// <summary>Reads JSON; null when there is nothing at this path.</summary>
    /// <exception cref="SpeechException">It refuses, or fails.</exception>
    public async Task<JsonElement?> GetAsync(SpeechAccount account, string path, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var response = await SendAsync(account, () => Request(HttpMethod.Get, account, path, body: null), deadline, ct, mayBeMissing: true);
        if (!response.IsSuccessStatusCode) return null;
        return await GuardAsync<JsonElement?>(account, async () =>
        {
            var text = await ReadAsync(response, LongestList, deadline.Token);
            _breakers.Worked(account.Fingerprint);
            try
            {
                using var json = JsonDocument.Parse(text);
                return json.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(
        SpeechAccount account, Func<HttpRequestMessage> request, CancellationTokenSource deadline, CancellationToken ct, bool mayBeMissing = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (_breakers.Refusal(account.Fingerprint) is not null) throw new SpeechException(SpeechFault.Temporary, $"{account.Endpoint.Host} has failed several times and is left alone for a moment.");
            deadline.CancelAfter(options.Patience);
            try
            {
                return await GuardAsync(account, async () =>
                {
                    using var message = request();
                    var response = await http.For(account.IsTenants).SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
                    if (response.IsSuccessStatusCode || (mayBeMissing && (int)response.StatusCode is 404 or 405)) return response;
                    using (response) throw SpeechErrors.Of(response.StatusCode, await ReadAsync(response, LongestError, deadline.Token), account);
                }, ct);
            }
            catch (SpeechException e) when (e.CanRepeat && attempt < Attempts)
            {
                // Once more, at once: somebody listens.
            }
        }
    }

    // Counts temporary faults, and gives whatever goes wrong on the way its words.
    private async Task<T> GuardAsync<T>(SpeechAccount account, Func<Task<T>> ask, CancellationToken ct)
    {
        try
        {
            return await ask();
        }
        catch (SpeechException e)
        {
            if (e.Fault == SpeechFault.Temporary) _breakers.Failed(account.Fingerprint);
            throw;
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            _breakers.Failed(account.Fingerprint);
            throw new SpeechException(SpeechFault.Temporary, $"{account.Endpoint.Host} said nothing for {options.Patience.TotalSeconds:0.#} seconds.", e);
        }
        catch (Exception e) when (GuardedHttp.Refusal(e) is not null)
        {
            throw new SpeechException(SpeechFault.Refused, $"{account.Endpoint.Host} is not on the public internet, so a tenant's key is not sent there. The operator can allow it (WIDGET_FETCH_ALLOW).", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            _breakers.Failed(account.Fingerprint);
            throw new SpeechException(SpeechFault.Temporary, $"{account.Endpoint.Host} cannot be reached, or broke off.", e) { CanRepeat = true };
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

    private static async Task<string> ReadAsync(HttpResponseMessage response, int most, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var (buffer, length, read) = (new byte[most], 0, 0);
        while (length < most && (read = await stream.ReadAsync(buffer.AsMemory(length), ct)) > 0) length += read;
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }
}
