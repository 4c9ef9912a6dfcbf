using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>
/// Maps the requests that are the same for all small lists of a tenant: list, get and delete. Adding and changing differ, and are mapped
/// by the feature.
/// </summary>
internal static class TenantEntries
{
    /// <summary>Maps the requests.</summary>
    /// <typeparam name="TService">The service with the entries.</typeparam>
    /// <typeparam name="TList">The response that lists them.</typeparam>
    /// <typeparam name="TEntry">An entry.</typeparam>
    /// <param name="group">The feature's requests.</param>
    /// <param name="path">The path of the list within the group.</param>
    /// <param name="what">What an entry is, such as "price".</param>
    /// <param name="summary">The summary of the list in the API reference.</param>
    /// <param name="list">Lists the entries.</param>
    /// <param name="find">Returns an entry; null if the tenant has none with this id.</param>
    /// <param name="delete">Deletes an entry; false if the tenant has none with this id.</param>
    public static void MapEntries<TService, TList, TEntry>(
        this RouteGroupBuilder group,
        string path,
        string what,
        string summary,
        Func<TService, TenantId, CancellationToken, Task<TList>> list,
        Func<TService, TenantId, Guid, CancellationToken, Task<TEntry?>> find,
        Func<TService, TenantId, Guid, CancellationToken, Task<bool>> delete)
        where TService : notnull
        where TEntry : class
    {
        var article = what[0] is 'M' ? "an" : "a";
#pragma warning disable RDG011 // Endpoints with type parameters are compiled at run time.
        group.MapGet(path, ListAsync).WithSummary(summary);
        group.MapGet($"{path}/{{id:guid}}", FindAsync).ProducesProblem(404).WithSummary($"Get {article} {what}");
        group.MapDelete($"{path}/{{id:guid}}", DeleteAsync).ProducesProblem(404).WithSummary($"Delete {article} {what}");
#pragma warning restore RDG011

        async Task<Ok<TList>> ListAsync(IMultiTenantContextAccessor tenants, TService entries, CancellationToken ct) =>
            TypedResults.Ok(await list(entries, tenants.Current().TenantId, ct));

        async Task<Results<Ok<TEntry>, ProblemHttpResult>> FindAsync(
            Guid id,
            IMultiTenantContextAccessor tenants,
            TService entries,
            CancellationToken ct) =>
            await find(entries, tenants.Current().TenantId, id, ct) is { } entry ? TypedResults.Ok(entry) : Problems.NotFound(what);

        async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
            Guid id,
            IMultiTenantContextAccessor tenants,
            TService entries,
            CancellationToken ct) =>
            await delete(entries, tenants.Current().TenantId, id, ct) ? TypedResults.NoContent() : Problems.NotFound(what);
    }
}
