using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>Names of the API keys with which requests are made.</summary>
internal static class ApiKeyNames
{
    /// <summary>The tenant's name for the key of a request. A general name if the request has none.</summary>
    /// <param name="db">A transaction of the request's tenant.</param>
    /// <param name="http">The request.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<string> OfAsync(TenantDb db, HttpContext http, CancellationToken ct)
    {
        if (ApiKeyStrategy.Read(http) is not { } secret) return "API";
        var hash = ApiKey.HashOf(secret);
        return await db.ApiKeys.AsNoTracking().Where(row => row.Hash == hash).Select(row => row.Name).SingleOrDefaultAsync(ct) ?? "API";
    }
}
