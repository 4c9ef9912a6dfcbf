using Widget.Api.Limits;
using Widget.Api.Visitors;
using Widget.Api.Web;

namespace Widget.Api.Handoffs;

/// <summary>Rules for what visitors do besides reading.</summary>
internal static class VisitorActions
{
    /// <summary>Refuses banned visitors. They can read, but not reach anybody.</summary>
    public static RouteHandlerBuilder UnlessBanned(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var handoffs = http.RequestServices.GetRequiredService<HandoffVisitors>();
            return http.RequestServices.GetRequiredService<VisitorTokens>().Read(http) is { } visitor
                && await handoffs.IsBannedAsync(visitor.Tenant, visitor.Visitor, http.RequestAborted)
                ? Problems.Create(StatusCodes.Status403Forbidden, VisitorBannedException.Text, VisitorBannedException.Code)
                : await next(context);
        });

    /// <summary>
    /// Limits what reaches people by the client's address: one client can have many conversations, and must not use up the limits of a
    /// whole tenant.
    /// </summary>
    public static RouteHandlerBuilder LimitedByAddress(this RouteHandlerBuilder endpoint) =>
        endpoint.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var limits = http.RequestServices.GetRequiredService<RequestLimits>();
            return await limits.TakeAsync(Limit.AddressActions, ClientAddress.Of(http), http.RequestAborted) is { } refusal
                ? refusal.ToProblem(http)
                : await next(context);
        });
}
