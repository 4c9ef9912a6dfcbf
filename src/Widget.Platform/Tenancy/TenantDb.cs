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
/// One transaction on behalf of one tenant. Row-level security shows it that tenant's rows only: the tenant is set for
/// the transaction, not for the connection, so it survives poolers and nothing of it is left behind
/// (docs/decisions/0002-row-level-security.md). Disposing without <see cref="CommitAsync"/> rolls back.
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

    /// <summary>A command in this transaction.</summary>
    /// <param name="sql">Its parameters are positional: <c>$1</c>, <c>$2</c> …</param>
    /// <param name="parameters">
    /// Written as <c>[a, b]</c>. Not <c>params</c>, since an array given alone would be taken for the list.
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

    /// <summary>Has the tenant's transactions that change the same thing take turns, until they end.</summary>
    /// <param name="what">The thing, in a word of its own.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task LockAsync(string what, CancellationToken ct)
    {
        await using var command = Command("select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", [what, TenantId.ToString()]);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>An empty batch in this transaction: several statements in one round trip.</summary>
    public NpgsqlBatch Batch() => new(
        (NpgsqlConnection)Database.GetDbConnection(),
        (NpgsqlTransaction)Database.CurrentTransaction!.GetDbTransaction());

    /// <summary>Runs something as soon as this transaction is committed, when its locks are released. It must not throw.</summary>
    public void AfterCommit(Func<CancellationToken, Task> action) => _afterCommit.Add(action);

    /// <summary>Saves what is tracked, commits, and runs what was to run after the commit.</summary>
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
                throw new InvalidOperationException($"A {entry.Metadata.ShortName()} of another tenant was about to be saved.");
        }

        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => Tables.MapIds(configurationBuilder);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Tables.Map(modelBuilder);
        FilterByTenant(modelBuilder);
    }

    // Repeats row-level security in the application, as the named filter "tenant", for every tenant-owned entity.
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
