using System.Security.Claims;
using Widget.Api.Tenancy.MultiTenancy;

namespace Widget.Api.Tenancy.Access;

/// <summary>Who makes a request for a tenant: a member of the staff, or a program with an API key.</summary>
/// <param name="Kind"><c>member</c> or <c>key</c>.</param>
/// <param name="Id">The account's or the key's id.</param>
/// <param name="Name">The member's name or e-mail address, or the tenant's name for the key.</param>
internal sealed record Actor(string Kind, Guid? Id, string Name)
{
    /// <summary>Null if the request is made by a visitor, or by nobody who is known.</summary>
    public static Actor? Of(HttpContext http)
    {
        if (http.User.FindFirstValue(StaffClaims.Member) is not null)
        {
            Guid? account = Guid.TryParse(http.User.FindFirstValue(StaffClaims.Account), out var id) ? id : null;
            return new Actor("member", account, http.User.FindFirstValue(StaffClaims.Name) ?? "");
        }

        var tenant = http.RequestServices.GetRequiredService<IMultiTenantContextAccessor>().MultiTenantContext.TenantInfo;
        return tenant?.Key is { } key ? new Actor("key", key.Id, key.Name) : null;
    }
}
