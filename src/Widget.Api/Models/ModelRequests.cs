using Widget.Api.Outbound;
using Widget.Contracts;
using Widget.Rag.Fetching;

namespace Widget.Api.Models;

/// <summary>The model that a tenant requests, or why the request is invalid.</summary>
/// <param name="Account">Null if the request is invalid.</param>
/// <param name="Field">The invalid field.</param>
/// <param name="Error">What is wrong with the field.</param>
internal readonly record struct RequestedModel(ModelAccount? Account, string Field, string Error)
{
    public static RequestedModel Invalid(string field, string error) => new(null, field, error);
}

/// <summary>Reads requests to set a tenant's own model.</summary>
internal sealed class ModelRequests(ModelServers servers, FetchOptions fetching)
{
    /// <summary>
    /// Completes a request with the saved key, if the server is the same. Asks the server whether it accepts the key. A server that cannot
    /// be reached now is no error.
    /// </summary>
    /// <param name="request">A valid request.</param>
    /// <param name="current">The tenant's present model.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<(RequestedModel Requested, ModelServerReply? Reply)> ReadAsync(
        OwnModelRequest request,
        OwnModel? current,
        CancellationToken ct)
    {
        var endpoint = ModelEndpoint.RootOf(request.Provider, request.Endpoint);
        if (!TenantAddresses.IsSafe(endpoint, fetching))
        {
            var error = $"endpoint must be an https address, such as https://api.openai.com/v1. {TenantAddresses.Advice}";
            return (RequestedModel.Invalid("endpoint", error), null);
        }

        var account = new ModelAccount(request.Provider, endpoint, request.Model, request.Key ?? SavedKey(endpoint, current));
        if (account.Key is null && request.Provider is ModelProvider.OpenAI or ModelProvider.Azure)
        {
            return (RequestedModel.Invalid("key", "key is missing. A saved key is not sent to another server."), null);
        }

        var reply = await servers.AskAsync(account, ct);
        return reply.State switch
        {
            ModelServerState.KeyRefused => (RequestedModel.Invalid("key", reply.Message), null),
            ModelServerState.Private => (RequestedModel.Invalid("endpoint", reply.Message), null),
            _ => (new RequestedModel(account, "", ""), reply),
        };
    }

    private static string? SavedKey(Uri endpoint, OwnModel? current) =>
        current?.Account is { } account
        && account.Endpoint.GetLeftPart(UriPartial.Authority) == endpoint.GetLeftPart(UriPartial.Authority)
            ? account.Key
            : null;
}
