using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Tavus;

/// <summary>Which node may change a tenant's tools or persona at Tavus.</summary>
public sealed class TavusChangeLeaseRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>What is changed: <see cref="TavusChangeLeases.Tools"/> or <see cref="TavusChangeLeases.Persona"/>.</summary>
    public required string Work { get; init; }

    public required Guid Owner { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    internal static void Map(ModelBuilder model) =>
        model.Entity<TavusChangeLeaseRow>().ToTable("tavus_turns").HasKey(row => new { row.TenantId, row.Work });
}

/// <summary>
/// Lets one node at a time change a tenant's tools or persona at Tavus. A change takes many requests of up to 20 s each, so it must not
/// keep a transaction open. The lease is a row with an expiry, which is renewed while the work continues. Every write checks in its own
/// transaction that this node still holds the lease.
/// </summary>
public sealed partial class TavusChangeLeases(TenantDatabase database, TimeProvider clock, ILogger<TavusChangeLeases> logger)
{
    public const string Tools = "tools";
    public const string Persona = "persona";

    /// <summary>How long a lease lasts unless it is renewed. Other nodes wait this long for a node that has crashed.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(15);

    /// <summary>Runs work under a lease.</summary>
    /// <param name="tenant">The tenant whose tools or persona are changed.</param>
    /// <param name="work"><see cref="Tools"/> or <see cref="Persona"/>.</param>
    /// <param name="run">The work. It must stop when <see cref="TavusChangeLease.Token"/> is cancelled.</param>
    /// <param name="otherwise">The result when another node has the lease or takes it over.</param>
    /// <param name="ct">Cancels the work.</param>
    public async Task<T> RunAsync<T>(
        TenantId tenant,
        string work,
        Func<TavusChangeLease, Task<T>> run,
        T otherwise,
        CancellationToken ct)
    {
        await using var lease = await TryAcquireAsync(tenant, work, ct);
        if (lease is null) return otherwise;
        try
        {
            return await run(lease);
        }
        catch (OperationCanceledException e)
            when (!ct.IsCancellationRequested && (e is LeaseLostException || lease.Token.IsCancellationRequested))
        {
            return otherwise;
        }
    }

    /// <summary>Acquires a lease, which its disposal releases; null while another node has it.</summary>
    /// <param name="tenant">The tenant whose tools or persona are changed.</param>
    /// <param name="work"><see cref="Tools"/> or <see cref="Persona"/>.</param>
    /// <param name="ct">Cancels the work.</param>
    public async Task<TavusChangeLease?> TryAcquireAsync(TenantId tenant, string work, CancellationToken ct)
    {
        var owner = Guid.CreateVersion7();
        await using var db = await database.BeginAsync(tenant, ct);
        await using var acquire = db.Command(
            """
            insert into tavus_turns (tenant_id, work, owner, expires_at) values ($1, $2, $3, clock_timestamp() + $4)
            on conflict (tenant_id, work) do update set owner = excluded.owner, expires_at = excluded.expires_at
            where tavus_turns.expires_at <= clock_timestamp()
            """,
            [tenant.Value, work, owner, Length]);
        if (await acquire.ExecuteNonQueryAsync(ct) == 0) return null;
        await db.CommitAsync(ct);
        return new TavusChangeLease(this, tenant, work, owner, ct);
    }

    /// <summary>Renews a lease until the token is cancelled, and cancels it when the lease is lost.</summary>
    internal async Task KeepRenewedAsync(TavusChangeLease lease, CancellationTokenSource lost)
    {
        using var timer = new PeriodicTimer(RenewalInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(lost.Token))
                if (!await RenewAsync(lease)) await lost.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    internal Task ReleaseAsync(TavusChangeLease lease) =>
        UpdateAsync(lease, "delete from tavus_turns where work = $1 and owner = $2");

    private Task<bool> RenewAsync(TavusChangeLease lease) =>
        UpdateAsync(lease, "update tavus_turns set expires_at = clock_timestamp() + $3 where work = $1 and owner = $2", Length);

    // Returns whether this node holds the lease. If the database is unavailable, this is assumed: the lease expires on its own, and each
    // write checks it.
    private async Task<bool> UpdateAsync(TavusChangeLease lease, string sql, params object?[] parameters)
    {
        try
        {
            await using var db = await database.BeginAsync(lease.Tenant, CancellationToken.None);
            await using var command = db.Command(sql, [lease.Work, lease.Owner, .. parameters]);
            var isHeld = await command.ExecuteNonQueryAsync(CancellationToken.None) == 1;
            await db.CommitAsync(CancellationToken.None);
            return isHeld;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or DbUpdateException)
        {
            LogDatabaseUnavailable(e, lease.Tenant.Value, lease.Work);
            return true;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The database is unavailable; the lease of tenant {Tenant} for {Work} at Tavus will expire on its own")]
    private partial void LogDatabaseUnavailable(Exception exception, Guid tenant, string work);
}

/// <summary>A lease that this node holds. Disposing it releases it.</summary>
public sealed class TavusChangeLease : IAsyncDisposable
{
    private readonly TavusChangeLeases _leases;
    private readonly CancellationTokenSource _lost;
    private readonly Task _renewal;

    internal TavusChangeLease(TavusChangeLeases leases, TenantId tenant, string work, Guid owner, CancellationToken ct)
    {
        (_leases, Tenant, Work, Owner) = (leases, tenant, work, owner);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Token = _lost.Token;
        _renewal = leases.KeepRenewedAsync(this, _lost);
    }

    public TenantId Tenant { get; }

    public string Work { get; }

    public Guid Owner { get; }

    /// <summary>Cancelled when the caller gives up, or another node has taken over.</summary>
    public CancellationToken Token { get; }

    /// <summary>Begins a transaction that locks the lease until its end, so that no other node can acquire it.</summary>
    /// <exception cref="LeaseLostException">The lease has expired, and another node may hold it.</exception>
    public async Task<TenantDb> BeginAsync(TenantDatabase database, CancellationToken ct)
    {
        var db = await database.BeginAsync(Tenant, ct);
        try
        {
            await using var command = db.Command(
                "select 1 from tavus_turns where work = $1 and owner = $2 and expires_at > clock_timestamp() for update",
                [Work, Owner]);
            return await command.ExecuteScalarAsync(ct) is null ? throw new LeaseLostException() : db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    /// <summary>Checks that this node still holds the lease.</summary>
    /// <exception cref="LeaseLostException">The lease has expired, and another node may hold it.</exception>
    public async Task EnsureHeldAsync(TenantDatabase database, CancellationToken ct)
    {
        await using var db = await BeginAsync(database, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync();
        await _renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lost.Dispose();
        await _leases.ReleaseAsync(this);
    }
}
