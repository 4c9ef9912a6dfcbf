using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tavus;

/// <summary>The node whose turn it is to change a tenant's tools or persona at Tavus.</summary>
public sealed class TavusTurnRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>What is changed: <see cref="TavusTurns.Tools"/> or <see cref="TavusTurns.Persona"/>.</summary>
    public required string Work { get; init; }

    public required Guid Owner { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    internal static void Map(ModelBuilder model) =>
        model.Entity<TavusTurnRow>().ToTable("tavus_turns").HasKey(row => new { row.TenantId, row.Work });
}

/// <summary>The turn has expired, and another node may have it.</summary>
public sealed class TavusTurnLostException() : Exception("Another node has taken over.");

/// <summary>
/// Lets one node at a time change a tenant's tools or persona at Tavus. That takes many requests of up to 20 s each, so no transaction
/// stays open. A turn is a lease: a row with an expiry, renewed while the work continues. Every write checks in its own transaction that
/// this node still holds it.
/// </summary>
public sealed partial class TavusTurns(TenantDatabase database, TimeProvider clock, ILogger<TavusTurns> logger)
{
    public const string Tools = "tools";
    public const string Persona = "persona";

    /// <summary>Longest time that a crashed node keeps others waiting.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    private const string Renew = "update tavus_turns set expires_at = clock_timestamp() + $3 where work = $1 and owner = $2";

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(15);

    /// <param name="tenant">Whose tools or persona.</param>
    /// <param name="work"><see cref="Tools"/> or <see cref="Persona"/>.</param>
    /// <param name="ct">Ends the turn's work.</param>
    /// <returns>Null while another node has the turn.</returns>
    public async Task<TavusTurn?> TakeAsync(TenantId tenant, string work, CancellationToken ct)
    {
        var owner = Guid.CreateVersion7();
        await using var db = await database.BeginAsync(tenant, ct);
        await using var take = db.Command(
            """
            insert into tavus_turns (tenant_id, work, owner, expires_at) values ($1, $2, $3, clock_timestamp() + $4)
            on conflict (tenant_id, work) do update set owner = excluded.owner, expires_at = excluded.expires_at
            where tavus_turns.expires_at <= clock_timestamp()
            """,
            [tenant.Value, work, owner, Length]);
        if (await take.ExecuteNonQueryAsync(ct) == 0) return null;
        await db.CommitAsync(ct);
        return new TavusTurn(this, tenant, work, owner, ct);
    }

    internal async Task KeepAsync(TavusTurn turn, CancellationTokenSource lost)
    {
        using var timer = new PeriodicTimer(Renewal, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(lost.Token))
                if (!await TryAsync(turn, Renew, Length)) await lost.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    internal Task ReleaseAsync(TavusTurn turn) => TryAsync(turn, "delete from tavus_turns where work = $1 and owner = $2");

    // True if the database is unavailable: the turn continues until it expires, and writes check it anyway.
    private async Task<bool> TryAsync(TavusTurn turn, string sql, params object?[] more)
    {
        try
        {
            await using var db = await database.BeginAsync(turn.Tenant, CancellationToken.None);
            await using var command = db.Command(sql, [turn.Work, turn.Owner, .. more]);
            var held = await command.ExecuteNonQueryAsync(CancellationToken.None) == 1;
            await db.CommitAsync(CancellationToken.None);
            return held;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or DbUpdateException)
        {
            LogDatabaseUnavailable(e, turn.Tenant.Value, turn.Work);
            return true;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The database is unavailable; the turn of tenant {Tenant} for {Work} at Tavus will expire on its own")]
    private partial void LogDatabaseUnavailable(Exception exception, Guid tenant, string work);
}

/// <summary>A turn that this node holds.</summary>
public sealed class TavusTurn : IAsyncDisposable
{
    private readonly TavusTurns _turns;
    private readonly CancellationTokenSource _lost;
    private readonly Task _keeping;

    internal TavusTurn(TavusTurns turns, TenantId tenant, string work, Guid owner, CancellationToken ct)
    {
        (_turns, Tenant, Work, Owner) = (turns, tenant, work, owner);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Token = _lost.Token;
        _keeping = turns.KeepAsync(this, _lost);
    }

    public TenantId Tenant { get; }

    public string Work { get; }

    public Guid Owner { get; }

    /// <summary>Ends the work when the caller gives up, or another node has taken over.</summary>
    public CancellationToken Token { get; }

    /// <summary>Locks the turn until the end of the transaction, so that no other node can take it.</summary>
    /// <exception cref="TavusTurnLostException">The turn has expired; another node may hold it.</exception>
    public async Task HoldAsync(TenantDb db, CancellationToken ct)
    {
        await using var hold = db.Command(
            "select 1 from tavus_turns where work = $1 and owner = $2 and expires_at > clock_timestamp() for update",
            [Work, Owner]);
        if (await hold.ExecuteScalarAsync(ct) is null) throw new TavusTurnLostException();
    }

    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _lost.Dispose();
        await _turns.ReleaseAsync(this);
    }
}
