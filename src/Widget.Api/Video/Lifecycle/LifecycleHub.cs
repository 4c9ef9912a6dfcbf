using Microsoft.AspNetCore.SignalR;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Video.Lifecycle;

/// <summary>
/// The lifecycle of calls over a WebSocket, for a tenant's programs: they report which users joined and left, and get the call's events.
/// </summary>
public sealed class LifecycleHub(LifecycleService lifecycle, IMultiTenantContextAccessor tenants) : Hub
{
    public const string Path = "/hubs/tavus";

    private const int MaxUserIdLength = 200;

    /// <summary>Carries out a command and returns its outcome.</summary>
    public async Task<LifecycleEvent> Command(LifecycleRequest request)
    {
        if (Validation.FindErrors(request) is { Count: > 0 } errors) throw new HubException(errors.Values.First()[0]);
        var (outcome, refusal) = await lifecycle.ApplyAsync(tenants.Current().TenantId, request, Context.ConnectionAborted);
        return outcome ?? throw new HubException(refusal!.Message);
    }

    /// <summary>Streams the events of a user's calls from now on: created, joined, ended.</summary>
    public async Task<IAsyncEnumerable<LifecycleEvent>> Follow(string userId, CancellationToken cancellationToken)
    {
        if (userId is not { Length: > 0 and <= MaxUserIdLength })
            throw new HubException($"userId must have 1 to {MaxUserIdLength} characters.");
        var tenant = tenants.Current().TenantId;
        // Read the start position before returning, so that the caller misses no event that it causes next.
        var after = await lifecycle.LastSeqAsync(tenant, userId, cancellationToken);
        return lifecycle.FollowAsync(tenant, userId, after, cancellationToken);
    }
}
