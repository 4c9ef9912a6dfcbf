using Npgsql;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>
/// Which tenants the operator has suspended. All their requests are refused. There are few, so a node reads all of them every few seconds,
/// and requests need no query of their own. While the database is unavailable, the last answer holds.
/// </summary>
public sealed class SuspendedTenants(NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>The error of a request for a suspended tenant.</summary>
    public const string Refusal = "This company is suspended. Please contact the operator of this installation.";

    /// <summary>The code of <see cref="Refusal"/>, for programs.</summary>
    public const string Code = "tenant_suspended";

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    private volatile HashSet<Guid> _suspended = [];
    private long _readAt = long.MinValue;

    public async ValueTask<bool> ContainsAsync(TenantId tenant, CancellationToken ct)
    {
        var readAt = Interlocked.Read(ref _readAt);
        // Of the requests at the same time, one reads. The first read of a node is waited for by all.
        if (readAt == long.MinValue) await ReadAsync(ct);
        else if (clock.GetElapsedTime(readAt) >= Lifetime
            && Interlocked.CompareExchange(ref _readAt, clock.GetTimestamp(), readAt) == readAt)
            await TryReadAsync(ct);
        return _suspended.Contains(tenant.Value);
    }

    /// <summary>Makes this node read at the next request. Call it after a change.</summary>
    public void Forget() => Interlocked.Exchange(ref _readAt, long.MinValue);

    private async Task TryReadAsync(CancellationToken ct)
    {
        try
        {
            await ReadAsync(ct);
        }
        catch (NpgsqlException)
        {
            // The request's own queries report it.
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        var readAt = clock.GetTimestamp();
        await using var find = dataSource.CreateCommand("select tenant_id from suspended_tenants()");
        await using var rows = await find.ExecuteReaderAsync(ct);
        var suspended = new HashSet<Guid>();
        while (await rows.ReadAsync(ct)) suspended.Add(rows.GetGuid(0));
        _suspended = suspended;
        Interlocked.Exchange(ref _readAt, readAt);
    }
}
