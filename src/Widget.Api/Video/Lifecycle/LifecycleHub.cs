using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Video.Lifecycle;

/// <summary>The lifecycle of calls over a WebSocket, for a tenant's own programs: they say who has come and gone, and hear what comes of it.</summary>
[Authorize(Policy = Policies.Developer)]
public sealed class LifecycleHub(LifecycleService lifecycle, IMultiTenantContextAccessor tenants) : Hub
{
    public const string Path = "/hubs/tavus";

    private const int LongestUserId = 200;

    /// <summary>Carries out a command; its outcome is the answer.</summary>
    public async Task<LifecycleEvent> Command(LifecycleRequest request)
    {
        if (Validation.Errors(request) is { Count: > 0 } errors) throw new HubException(errors.Values.First()[0]);
        var (told, refusal) = await lifecycle.ApplyAsync(tenants.Current().TenantId, request, Context.ConnectionAborted);
        return told ?? throw new HubException(refusal!.Value.ToProblem().ProblemDetails.Title);
    }

    /// <summary>What happens in somebody's calls from now on: created, joined, ended.</summary>
    public async Task<IAsyncEnumerable<LifecycleEvent>> Follow(string userId, CancellationToken cancellationToken)
    {
        if (userId is not { Length: > 0 and <= LongestUserId }) throw new HubException($"userId must have 1 to {LongestUserId} characters.");
        var tenant = tenants.Current().TenantId;
        // Where it begins is settled before the caller may go on, so that nothing it then causes is missed.
        var after = await lifecycle.LastSeqAsync(tenant, userId, cancellationToken);
        return lifecycle.FollowAsync(tenant, userId, after, cancellationToken);
    }
}
