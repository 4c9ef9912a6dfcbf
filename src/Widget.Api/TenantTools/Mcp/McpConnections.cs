using System.Net;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Platform.Outbound;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.TenantTools.Mcp;

/// <summary>How to reach a tenant's MCP server.</summary>
/// <param name="Tenant">Whose server it is.</param>
/// <param name="Id">The server.</param>
/// <param name="Url">Its address.</param>
/// <param name="Headers">The headers of requests as a JSON object, encrypted; null for none.</param>
internal sealed record McpEndpoint(TenantId Tenant, Guid Id, string Url, string? Headers);

/// <summary>What a server returned, or in words why it returned nothing.</summary>
internal readonly record struct McpOutcome<T>(T? Value, string? Error)
    where T : class;

/// <summary>
/// Connects to servers of the Model Context Protocol over streamable HTTP, for one exchange each. An exchange has a time limit, and each
/// response a size limit. Redirects are not followed, and private addresses are called only if the operator has allowed them.
/// </summary>
internal sealed class McpConnections(IHttpMessageHandlerFactory handlers, TenantSecrets secrets, TimeProvider clock)
{
    /// <summary>Shorter than the time limit of tools, so that the model is told what happened.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(8);

    private const int MaxErrorLength = 300;
    private const string Server = "The MCP server";
    private const string NotMcp = $"{Server} does not speak the Model Context Protocol over streamable HTTP.";

    public static string SecretName(Guid server) => $"mcp_server:{server}";

    /// <param name="server">The server.</param>
    /// <param name="maxResponseBytes">Maximum size of each response.</param>
    /// <param name="use">What to do with the connection.</param>
    /// <param name="ct">Cancels the exchange.</param>
    public async Task<McpOutcome<T>> UseAsync<T>(
        McpEndpoint server,
        int maxResponseBytes,
        Func<McpClient, CancellationToken, Task<T>> use,
        CancellationToken ct)
        where T : class
    {
        if (!TryReadHeaders(server, out var headers)) return new(null, "The server's headers can't be read. Enter them again.");
        using var timeUp = new CancellationTokenSource(TimeLimit, clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, ct);
        // The handler ends every request at the time limit, also those with which the client closes its session.
        using var handler = new ResponseLimitHandler(handlers.CreateHandler(OutboundClients.Tenant), maxResponseBytes, limited.Token);
        using var http = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            await using var transport = new HttpClientTransport(
                new HttpClientTransportOptions
                {
                    Endpoint = new Uri(server.Url),
                    TransportMode = HttpTransportMode.StreamableHttp,
                    ConnectionTimeout = TimeLimit,
                    AdditionalHeaders = headers,
                    EnableStandaloneGetStream = false,
                },
                http,
                loggerFactory: null,
                ownsHttpClient: false);
            await using var client = await McpClient.CreateAsync(transport, cancellationToken: limited.Token);
            return new(await use(client, limited.Token), null);
        }
        catch (Exception) when (timeUp.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new(null, $"{Server} did not respond within {TimeLimit.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (!ct.IsCancellationRequested && Describe(e, maxResponseBytes) is { } error)
        {
            return new(null, error);
        }
    }

    public string? EncryptHeaders(TenantId tenant, Guid server, IReadOnlyDictionary<string, string> headers) =>
        headers.Count == 0 ? null : secrets.Encrypt(tenant, SecretName(server), JsonSerializer.Serialize(headers));

    /// <summary>Returns false if the installation's keys can no longer decrypt them.</summary>
    public bool TryReadHeaders(McpEndpoint server, out Dictionary<string, string> headers)
    {
        headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (server.Headers is not { } encrypted) return true;
        if (secrets.Decrypt(server.Tenant, SecretName(server.Id), encrypted) is not { } json) return false;
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(json)!) headers[name] = value;
        return true;
    }

    private static string? Describe(Exception failure, int maxResponseBytes)
    {
        if (IsTooLarge(failure)) return $"{Server} sent more than {maxResponseBytes / 1024} KB.";
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden }:
                    return $"{Server} refused the credentials. Check the headers.";
                case HttpRequestException { StatusCode: { } status }:
                    return $"{Server} answered with status {(int)status}.";
                // The SDK's message for a response that isn't MCP.
                case McpException e when e.Message.StartsWith("Streamable HTTP", StringComparison.Ordinal):
                    return NotMcp;
                case McpException e:
                    return $"{Server} reported an error: {Truncation.Truncate(e.Message, MaxErrorLength)}";
            }

            if (RequestFailures.Describe(cause, Server) is { } words) return words;
        }

        return failure switch
        {
            JsonException or InvalidOperationException or OperationCanceledException or TimeoutException => NotMcp,
            // The library refuses what the protocol does not allow, such as a tool whose schema is not an object.
            ArgumentException => $"{Server} sent something that the Model Context Protocol does not allow: "
                + Truncation.Truncate(failure.Message, MaxErrorLength),
            _ => null,
        };
    }

    private static bool IsTooLarge(Exception? failure) =>
        failure is not null && (failure is ResponseTooLargeException || IsTooLarge(failure.InnerException));
}
