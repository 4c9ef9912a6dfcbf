using Microsoft.AspNetCore.SignalR;

namespace Widget.Api.Limits;

/// <summary>Counts each call of a hub method as a request of the visitor.</summary>
internal sealed class HubLimits(RequestLimits limits) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next)
    {
        if (invocationContext.Context.User is { } user
            && CallerLimits.VisitorKey(user) is { } visitor
            && await limits.TakeAsync(Limit.VisitorRequests, visitor, invocationContext.Context.ConnectionAborted) is { } refusal)
        {
            throw new HubException(refusal.HubMessage);
        }

        return await next(invocationContext);
    }
}
