using System.Data;
using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Widget.Rag.Storage;

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
public abstract class TenantDbContext(DbContextOptions options, TenantId tenantId) : DbContext(options)
{
    public TenantId TenantId { get; } = tenantId;

    protected internal async Task BeginAsync(IsolationLevel isolation, CancellationToken ct)
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

    /// <summary>Saves what is tracked and commits.</summary>
    public virtual async Task CommitAsync(CancellationToken ct)
    {
        await SaveChangesAsync(ct);
        await Database.CommitTransactionAsync(ct);
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

    /// <summary>
    /// Repeats row-level security in the application, as the named filter "tenant", for every tenant-owned entity.
    /// Call it at the end of OnModelCreating.
    /// </summary>
    protected void FilterByTenant(ModelBuilder model)
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

    /// <summary>TenantId is stored as tenant_id.</summary>
    protected static void NameColumnsInSnakeCase(ModelBuilder model)
    {
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
    }

    protected static void MapIds(ModelConfigurationBuilder conventions, System.Reflection.Assembly assembly)
    {
        foreach (var type in assembly.GetTypes())
        {
            if (type.IsValueType && Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ITypedId<>)))
                conventions.Properties(type).HaveConversion(typeof(TypedIdConverter<>).MakeGenericType(type));
        }
    }
}
