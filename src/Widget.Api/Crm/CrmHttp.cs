using System.Net;
using System.Text.Json;
using Polly.Timeout;
using Widget.Platform.Outbound;

namespace Widget.Api.Crm;

/// <summary>Why a system did not take a lead.</summary>
internal enum CrmFault
{
    /// <summary>The system cannot be reached, is busy, or has failed. Try again later.</summary>
    Temporary,

    /// <summary>The system refuses the key, or the key may not do this.</summary>
    Access,

    /// <summary>The system refuses the lead. The same would be refused again.</summary>
    Refused,
}

/// <summary>A system did not do what was asked.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What happened, in words for people.</param>
internal sealed class CrmException(CrmFault fault, string message) : Exception(message)
{
    public CrmFault Fault => fault;

    /// <summary>When the system asks to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <param name="Status">The response's status.</param>
/// <param name="Body">Its JSON. Undefined if it has none.</param>
internal readonly record struct CrmReply(HttpStatusCode Status, JsonElement Body);

/// <summary>Sends requests to customer relationship systems, with limits on time and size.</summary>
internal sealed class CrmHttp(IHttpClientFactory clients, TimeProvider clock)
{
    /// <summary>What a system can refuse, for messages.</summary>
    public const string SavedLead = "the lead";

    public const string TestRequest = "the test request";

    // Salesforce describes an object with hundreds of fields in a few megabytes.
    private const int MaxResponseBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly Polly.ResiliencePipeline _timeLimit = OutboundPipelines.TimeLimit(TimeLimit, clock);

    /// <param name="system">The system's name, for messages.</param>
    /// <param name="isTenantChosen">Whether the tenant chose the address.</param>
    /// <param name="request">The request.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <exception cref="CrmException">There was no response, or the system asks to wait.</exception>
    public async Task<CrmReply> SendAsync(string system, bool isTenantChosen, HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            return await _timeLimit.ExecuteAsync(async limited => await ExchangeAsync(system, isTenantChosen, request, limited), ct);
        }
        catch (TimeoutRejectedException)
        {
            throw new CrmException(CrmFault.Temporary, $"{system} did not respond within {TimeLimit.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is PrivateAddressException || e.InnerException is PrivateAddressException)
        {
            throw new CrmException(CrmFault.Access, $"The address of {system} is private. Leads are sent to public addresses only.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new CrmException(CrmFault.Temporary, $"The connection to {system} failed.");
        }
    }

    private async Task<CrmReply> ExchangeAsync(string system, bool isTenantChosen, HttpRequestMessage request, CancellationToken ct)
    {
        using var client = clients.ForEndpoint(isTenantChosen);
        request.Headers.UserAgent.ParseAdd("Widget/1.0");
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var body = await BoundedBody.ReadAsync(response.Content, MaxResponseBytes, ct);
        var status = (int)response.StatusCode;
        if (status is StatusCodes.Status429TooManyRequests or >= 500)
        {
            throw new CrmException(CrmFault.Temporary, status == StatusCodes.Status429TooManyRequests
                ? $"{system} received too many requests (429)."
                : $"{system} answered with status {status}.")
            {
                RetryAfter = response.Headers.RetryAfter?.Delta,
            };
        }

        return new CrmReply(response.StatusCode, body.IsComplete ? Parse(body.Content) : default);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty) return default;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
