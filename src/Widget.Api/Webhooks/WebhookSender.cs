using System.Net;
using System.Text.Json;
using Polly.Timeout;
using Widget.Api.Outbound;
using Widget.Platform.Outbound;

namespace Widget.Api.Webhooks;

/// <param name="Status">The response's status; null if there was no response.</param>
/// <param name="Error">Why the attempt failed, in words for people; null if it succeeded.</param>
internal readonly record struct WebhookAttempt(int? Status, string? Error)
{
    public bool Succeeded => Error is null;

    /// <summary>Whether the endpoint says that it is gone for good. Standard Webhooks: no more messages are sent to it.</summary>
    public bool IsGone => Status == (int)HttpStatusCode.Gone;
}

/// <summary>A message to post.</summary>
/// <param name="Id">The same for all attempts.</param>
/// <param name="Event">Its type, such as <c>lead.created</c>.</param>
/// <param name="OccurredAt">When the event happened.</param>
/// <param name="Data">What happened.</param>
internal sealed record WebhookMessage(Guid Id, string Event, DateTimeOffset OccurredAt, JsonElement Data);

/// <summary>Posts a signed message, as described by Standard Webhooks (https://www.standardwebhooks.com).</summary>
internal sealed class WebhookSender(IHttpClientFactory clients, WebhookOptions options, TimeProvider clock)
{
    private const string IdPrefix = "msg_";

    // The response is read only so that the connection can be used again.
    private const int MaxResponseBytes = 64 * 1024;

    private readonly Polly.ResiliencePipeline _timeLimit = OutboundPipelines.TimeLimit(options.TimeLimit, clock);

    /// <param name="url">The endpoint.</param>
    /// <param name="secrets">Each signs the message. Several are used while a secret is replaced.</param>
    /// <param name="message">The message.</param>
    /// <param name="ct">Cancels the attempt.</param>
    public async Task<WebhookAttempt> SendAsync(Uri url, IReadOnlyList<string> secrets, WebhookMessage message, CancellationToken ct)
    {
        try
        {
            return await _timeLimit.ExecuteAsync(async limited => await PostAsync(url, secrets, message, limited), ct);
        }
        catch (TimeoutRejectedException)
        {
            return Failed($"The endpoint did not respond within {options.TimeLimit.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (RequestFailures.Describe(e, "The endpoint") is { } error)
        {
            return Failed(error);
        }
    }

    private static WebhookAttempt Failed(string error) => new(Status: null, error);

    private async Task<WebhookAttempt> PostAsync(Uri url, IReadOnlyList<string> secrets, WebhookMessage message, CancellationToken ct)
    {
        var body = JsonSerializer.Serialize(
            new { type = message.Event, timestamp = message.OccurredAt.UtcDateTime, data = message.Data },
            JsonSerializerOptions.Web);
        using var request = SignedRequests.Post(
            url,
            $"{IdPrefix}{message.Id:N}",
            clock.GetUtcNow(),
            body,
            secrets,
            "Widget-Webhooks");
        using var client = clients.CreateClient(OutboundClients.Tenant);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        await BoundedBody.ReadAsync(response.Content, MaxResponseBytes, ct);
        var status = (int)response.StatusCode;
        return response.IsSuccessStatusCode ? new WebhookAttempt(status, Error: null) : new WebhookAttempt(
            status,
            status is >= 300 and < 400
                ? $"The endpoint answered with a redirect ({status}). Enter the address that it leads to."
                : $"The endpoint answered with status {status}.");
    }
}
