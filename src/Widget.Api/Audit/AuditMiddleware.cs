using Microsoft.AspNetCore.Http.Metadata;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.Access;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;

namespace Widget.Api.Audit;

/// <summary>
/// Writes every request of staff and programs that may change something to the audit log: before it runs, so that nothing can be changed
/// without an entry. Reading is not logged.
/// </summary>
internal sealed class AuditMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http, AuditLog log, IMultiTenantContextAccessor tenants)
    {
        if (http.GetEndpoint() is not { } endpoint
            || StaffAccess.PermissionFor(endpoint.Metadata, http.Request.Method) is not { } permission
            || !permission.EndsWith(".write", StringComparison.Ordinal)
            || endpoint.Metadata.GetMetadata<NotAuditedMetadata>() is not null
            || Actor.Of(http) is not { } actor)
        {
            await next(http);
            return;
        }

        var tenant = tenants.Current().TenantId;
        var action = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? endpoint.DisplayName ?? "";
        var id = await log.BeginAsync(tenant, actor, action, http.Request.Method, http.Request.Path, http.RequestAborted);
        try
        {
            await next(http);
            await log.EndAsync(tenant, id, http.Response.StatusCode);
        }
        catch (Exception)
        {
            await log.EndAsync(tenant, id, StatusCodes.Status500InternalServerError);
            throw;
        }
    }
}
