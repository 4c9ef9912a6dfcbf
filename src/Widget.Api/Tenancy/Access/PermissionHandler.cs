using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Widget.Api.Web;

namespace Widget.Api.Tenancy.Access;

/// <summary>The caller's role or API key allows what the endpoint requires.</summary>
internal sealed class PermissionRequirement : IAuthorizationRequirement;

/// <summary>
/// Decides by the endpoint's area and method. An endpoint without an area is refused, so that a new one cannot be open by mistake. Visitors
/// are admitted where their scheme is: their token decides what they may do.
/// </summary>
internal sealed class PermissionHandler : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        var staff = context.User.Identities.Where(identity => StaffSchemes.All.Contains(identity.AuthenticationType)).ToList();
        if (staff.Count == 0 || Required(context.Resource as HttpContext) is { } permission && staff.TrueForAll(one => Allow(one, permission)))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>What the request's endpoint requires. Null if it names no area.</summary>
    public static string? Required(HttpContext? http) =>
        http?.GetEndpoint() is { } endpoint ? StaffAccess.PermissionFor(endpoint.Metadata, http.Request.Method) : null;

    private static bool Allow(ClaimsIdentity identity, string permission)
    {
        if (identity.FindFirst(StaffClaims.Role) is { } claim)
            return Enum.TryParse<Role>(claim.Value, ignoreCase: true, out var role) && Permissions.Allow(role, permission);
        return identity.FindFirst(StaffClaims.Scopes) is not { } scopes || Permissions.Allow(scopes.Value.Split(' '), permission);
    }
}

/// <summary>Says what is missing when a role or an API key does not allow a request.</summary>
internal static class PermissionRefusal
{
    public static Task WriteAsync(HttpContext http)
    {
        var permission = PermissionHandler.Required(http) ?? "none";
        var role = http.User.FindFirstValue(StaffClaims.Role);
        return Problems.WriteAsync(
            http,
            StatusCodes.Status403Forbidden,
            role is null
                ? $"This API key does not allow this. It needs the scope {permission}."
                : $"Your role ({role}) does not allow this. It needs the permission {permission}.");
    }
}
