using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.RateLimiting;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;

namespace Widget.Api.Limits;

/// <summary>Marks an endpoint that has a separate limit.</summary>
internal sealed record LimitedAs(Limit Limit);

/// <summary>Marks an endpoint with a key in its address. It returns 404 for an unknown key, and only such requests are counted.</summary>
internal sealed record KeyInAddress;

/// <summary>
/// Limits requests without a valid credential, by client address. Runs before the tenant is looked up, so that guessing keys does not cost
/// a database query for each guess.
/// </summary>
internal sealed partial class AddressLimits(
    RequestDelegate next,
    RequestLimits limits,
    TrustedProxies proxies,
    IEnumerable<IMultiTenantStrategy> strategies,
    IMultiTenantContextAccessor tenants,
    ILogger<AddressLimits> logger)
{
    private int _warned;

    public async Task InvokeAsync(HttpContext http)
    {
        WarnOfUnknownProxy(http);
        var endpoint = http.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null)
        {
            await next(http);
            return;
        }

        var address = ClientAddress.Of(http);
        var hasOwnLimit = endpoint?.Metadata.GetMetadata<LimitedAs>() is { Limit: Limit.Sessions };
        // Tavus sends many callbacks from few addresses. The token in their path is a credential, so only callbacks with an invalid token
        // count.
        var hasAddressKey = http.GetRouteValue("token") is string || endpoint?.Metadata.GetMetadata<KeyInAddress>() is not null;
        var hasKey = CallerLimits.Key(http) is not null;
        var hasToken = await HasTokenAsync(http);
        // A visitor's token is verified without the database, so visitors with a valid token are not limited by their address.
        var refusal = hasKey || hasOwnLimit || hasAddressKey ? limits.Peek(Limit.Anonymous, address)
            : hasToken ? null
            : await limits.TakeAsync(Limit.Anonymous, address, http.RequestAborted);
        if (refusal is not null)
        {
            await refusal.WriteAsync(http);
            return;
        }

        await next(http);
        var isRejected = http.Response.StatusCode == StatusCodes.Status401Unauthorized
            || (hasAddressKey && http.Response.StatusCode == StatusCodes.Status404NotFound)
            || tenants.MultiTenantContext is { Strategy.ReadsCredential: true, TenantInfo: null };
        if ((hasKey || hasToken || hasOwnLimit || hasAddressKey) && isRejected)
            await limits.TakeAsync(Limit.Anonymous, address, CancellationToken.None);
    }

    // Whether the request has a valid visitor's token.
    private async Task<bool> HasTokenAsync(HttpContext http)
    {
        foreach (var strategy in strategies.Where(strategy => strategy.ReadsCredential))
            if (await strategy.GetIdentifierAsync(http) is { } id && id.StartsWith(TenantStore.IdPrefix, StringComparison.Ordinal))
                return true;
        return false;
    }

    // Behind an unknown proxy, all visitors count as one client and are refused together, so the operator must know.
    private void WarnOfUnknownProxy(HttpContext http)
    {
        if (_warned != 0 || !proxies.IsEmpty || http.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
            return;
        if (http.Request.Headers["X-Forwarded-For"].Count == 0 || Interlocked.Exchange(ref _warned, 1) != 0) return;
        LogUnknownProxy(address.ToString());
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Requests come from a proxy at {Address} that is not in WIDGET_TRUSTED_PROXIES, "
            + "so all of them count as one client and their X-Forwarded-… headers are ignored")]
    private partial void LogUnknownProxy(string address);
}

/// <summary>Limits requests by visitor and by key. Runs after authentication.</summary>
internal sealed class CallerLimits(RequestDelegate next, RequestLimits limits)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (await TakeAsync(http) is { } refusal) await refusal.WriteAsync(http);
        else await next(http);
    }

    private async ValueTask<Refusal?> TakeAsync(HttpContext http)
    {
        if (http.User.Identity is not { IsAuthenticated: true }) return null;
        var ct = http.RequestAborted;
        if (VisitorKey(http.User) is { } visitor) return await limits.TakeAsync(Limit.VisitorRequests, visitor, ct);
        if (Key(http) is not { } secret) return null;
        var key = Convert.ToHexString(ApiKey.HashOf(secret));
        var own = http.GetEndpoint()?.Metadata.GetMetadata<LimitedAs>()?.Limit;
        if (own is { } limit && await limits.TakeAsync(limit, key, ct) is { } refusal) return refusal;
        return own == Limit.Completions ? null : await limits.TakeAsync(Limit.ApiCalls, key, ct);
    }

    /// <summary>Returns the request's API key, model key or session, from any of the headers.</summary>
    public static string? Key(HttpContext http) =>
        ApiKeyStrategy.Read(http) ?? ModelKeyStrategy.Read(http) ?? KeyHeaderStrategy.Read(http) ?? MemberStrategy.ReadToken(http);

    /// <summary>Returns the key of an authenticated visitor. Null for other callers.</summary>
    public static string? VisitorKey(ClaimsPrincipal user) =>
        user.FindFirst(ClaimTypes.NameIdentifier) is { } visitor ? $"{user.FindFirst("tenant")?.Value}:{visitor.Value}" : null;
}
