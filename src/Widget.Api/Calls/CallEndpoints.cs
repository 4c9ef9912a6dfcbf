using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Calls;

/// <summary>What the endpoints of video and voice calls share.</summary>
internal static class CallEndpoints
{
    /// <summary>The largest number of calls that a list returns at once.</summary>
    public const int MaxPageSize = 200;

    /// <summary>The error for a list limit that is out of range; null when the limit is valid.</summary>
    public static ValidationProblem? InvalidLimit(int limit) =>
        limit is < 1 or > MaxPageSize ? Problems.Invalid("limit", $"limit must be between 1 and {MaxPageSize}.") : null;

    /// <summary>Declares the error responses of opening a call.</summary>
    public static RouteHandlerBuilder ProducesCallRefusals(this RouteHandlerBuilder route) =>
        route.ProducesProblem(402).ProducesProblem(409).ProducesProblem(502).ProducesProblem(503);

    /// <summary>Ends a call while its page is being closed. The leave token in the body is the only credential.</summary>
    /// <param name="http">The request.</param>
    /// <param name="kind"><see cref="LeaveTokens.Video"/> or <see cref="LeaveTokens.Voice"/>.</param>
    /// <param name="id">The call.</param>
    /// <param name="notFound">The response for an unknown call or a wrong token.</param>
    /// <param name="endAsync">Ends the call; returns false when there is no such call.</param>
    public static async Task<Results<NoContent, ProblemHttpResult>> LeaveAsync(
        HttpContext http,
        string kind,
        Guid id,
        ProblemHttpResult notFound,
        Func<Caller, Task<bool>> endAsync)
    {
        var tokens = http.RequestServices.GetRequiredService<LeaveTokens>();
        var tenants = http.RequestServices.GetRequiredService<IMultiTenantContextAccessor>();
        try
        {
            return await tokens.ReadAsync(kind, id, http.Request.Body, http.RequestAborted) is { } tenant
                && tenants.Admits(tenant)
                && await endAsync(new Caller(tenant, Visitor: null))
                ? TypedResults.NoContent()
                : notFound;
        }
        catch (JsonException)
        {
            return Problems.Create(StatusCodes.Status400BadRequest, "The request is not valid JSON.");
        }
    }
}
