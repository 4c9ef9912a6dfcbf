using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy.Access;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Audit;

/// <summary>
/// The log of what members and programs have changed. Every request that needs a permission to write is in it, by itself. The application
/// can add entries, but neither change nor delete them.
/// </summary>
internal sealed class AuditLog(TenantDatabase database, TimeProvider clock)
{
    /// <summary>The most entries in a page.</summary>
    public const int MaxLimit = 200;

    private const int MaxPath = 500;

    /// <summary>Adds an entry before the request runs.</summary>
    /// <returns>The entry's id.</returns>
    public async Task<Guid> BeginAsync(TenantId tenant, Actor actor, string action, string method, string path, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await using var batch = database.Batch(tenant).Add(
            """
            insert into audit_entries (tenant_id, id, at, actor_kind, actor_id, actor, action, method, path)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                tenant.Value, id, clock.GetUtcNow(), actor.Kind,
                new Npgsql.NpgsqlParameter { Value = actor.Id is { } who ? who : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
                actor.Name, action, method, path.Length > MaxPath ? path[..MaxPath] : path,
            ]);
        await batch.RunAsync(ct);
        return id;
    }

    /// <summary>Notes how the request has ended.</summary>
    public async Task EndAsync(TenantId tenant, Guid id, int status)
    {
        // The request may have been aborted by now; its outcome is noted all the same.
        await using var batch = database.Batch(tenant)
            .Add("update audit_entries set status = $3 where tenant_id = $1 and id = $2", [tenant.Value, id, status]);
        await batch.RunAsync(CancellationToken.None);
    }

    /// <param name="tenant">The tenant.</param>
    /// <param name="query">Words that the actor, the action or the path contains. Null for all entries.</param>
    /// <param name="before">Only entries before the one with this time and id.</param>
    /// <param name="limit">The maximum number of entries.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<AuditPage> ListAsync(
        TenantId tenant,
        string? query,
        (DateTimeOffset At, Guid Id)? before,
        int limit,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var entries = db.Set<AuditEntryRow>().AsNoTracking();
        if (before is { } last)
            entries = entries.Where(entry => entry.At < last.At || (entry.At == last.At && entry.Id.CompareTo(last.Id) < 0));
        if (query is { Length: > 0 })
        {
            var pattern = $"%{query.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";
            entries = entries.Where(entry => EF.Functions.ILike(entry.Actor, pattern)
                || EF.Functions.ILike(entry.Action, pattern) || EF.Functions.ILike(entry.Path, pattern));
        }

        var rows = await entries.OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id).Take(limit + 1).ToListAsync(ct);
        var items = rows.Take(limit)
            .Select(row => new AuditEntry(row.Id, row.At, row.ActorKind, row.Actor, row.Action, row.Method, row.Path, row.Status))
            .ToList();
        return new AuditPage(items, rows.Count > limit ? $"{items[^1].At.UtcTicks}.{items[^1].Id}" : null);
    }
}
