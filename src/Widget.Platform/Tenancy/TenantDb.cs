using System.Data;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Widget.Platform.Tenancy;

/// <summary>A row that belongs to one tenant.</summary>
public interface ITenantOwned
{
    TenantId TenantId { get; }
}

/// <summary>
/// A transaction for one tenant. Row-level security restricts it to the tenant's rows. The tenant is set for the transaction, not for the
/// connection, so it works with connection poolers and leaves nothing behind (docs/decisions/0002-row-level-security.md). Disposing without
/// <see cref="CommitAsync"/> rolls back.
/// </summary>
public sealed class TenantDb : DbContext
{
    private readonly List<Func<CancellationToken, Task>> _afterCommit = [];

    internal TenantDb(DbContextOptions<TenantDb> options, TenantModel tables, TenantId tenantId)
        : base(options) => (Tables, TenantId) = (tables, tenantId);

    public TenantId TenantId { get; }

    internal TenantModel Tables { get; }

    internal async Task BeginAsync(IsolationLevel isolation, CancellationToken ct)
    {
        await Database.BeginTransactionAsync(isolation, ct);
        await using var command = Command("select set_config('app.tenant_id', $1, true)", [TenantId.Value.ToString()]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Creates a command in this transaction.</summary>
    /// <param name="sql">A statement with positional parameters: <c>$1</c>, <c>$2</c> …</param>
    /// <param name="parameters">
    /// Written as <c>[a, b]</c>. It is not declared as <c>params</c>, because a single array would then be taken for the whole list.
    /// </param>
    public NpgsqlCommand Command(string sql, ReadOnlySpan<object?> parameters = default)
    {
        var command = new NpgsqlCommand(
            sql,
            (NpgsqlConnection)Database.GetDbConnection(),
            (NpgsqlTransaction)Database.CurrentTransaction!.GetDbTransaction());
        foreach (var value in parameters)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>
    /// Takes an advisory lock until the transaction ends, so that the tenant's transactions that change the same thing run one after
    /// another.
    /// </summary>
    /// <param name="name">Name of the lock.</param>
    /// <param name="ct">Cancels the wait.</param>
    public async Task LockAsync(string name, CancellationToken ct)
    {
        await using var command = Command(
            "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))",
            [name, TenantId.ToString()]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Creates a batch in this transaction: several statements in one round trip.</summary>
    public NpgsqlBatch Batch() => new(
        (NpgsqlConnection)Database.GetDbConnection(),
        (NpgsqlTransaction)Database.CurrentTransaction!.GetDbTransaction());

    /// <summary>Runs an action after the commit, when the transaction's locks are released. The action must not throw.</summary>
    public void AfterCommit(Func<CancellationToken, Task> action) => _afterCommit.Add(action);

    /// <summary>Saves tracked changes, commits, and runs the actions registered with <see cref="AfterCommit"/>.</summary>
    public async Task CommitAsync(CancellationToken ct)
    {
        await SaveChangesAsync(ct);
        await Database.CommitTransactionAsync(ct);
        foreach (var action in _afterCommit) await action(ct);
        _afterCommit.Clear();
    }

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        foreach (var entry in ChangeTracker.Entries<ITenantOwned>())
        {
            if (entry.State is EntityState.Added or EntityState.Modified && entry.Entity.TenantId != TenantId)
                throw new InvalidOperationException($"Cannot save a {entry.Metadata.ShortName()} of another tenant.");
        }

        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => Tables.MapIds(configurationBuilder);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Tables.Map(modelBuilder);
        FilterByTenant(modelBuilder);
    }

    // Repeats row-level security in the application: every tenant-owned entity gets the named filter "tenant".
    private void FilterByTenant(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            if (!typeof(ITenantOwned).IsAssignableFrom(entity.ClrType)) continue;
            var row = Expression.Parameter(entity.ClrType, "row");
            var filter = Expression.Equal(
                Expression.Property(row, nameof(ITenantOwned.TenantId)),
                Expression.Property(Expression.Constant(this), nameof(TenantId)));
            model.Entity(entity.ClrType).HasQueryFilter("tenant", Expression.Lambda(filter, row));
        }
    }
}
