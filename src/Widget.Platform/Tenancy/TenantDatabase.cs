using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Widget.Platform.Tenancy;

/// <summary>Opens transactions on the tables of all features, each for one tenant.</summary>
public sealed class TenantDatabase
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TenantModel _model;
    private readonly DbContextOptions<TenantDb> _options;

    /// <param name="dataSource">The application's pool.</param>
    /// <param name="tables">The tables of every feature that uses this database.</param>
    public TenantDatabase(NpgsqlDataSource dataSource, IEnumerable<TenantTables> tables)
    {
        _dataSource = dataSource;
        _model = new TenantModel([.. tables]);
        _options = new DbContextOptionsBuilder<TenantDb>()
            // The default strategy wraps a lost connection in an InvalidOperationException, which looks like a programming error.
            .UseNpgsql(dataSource, npgsql => npgsql.UseVector().ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)))
            .ReplaceService<IModelCacheKeyFactory, TenantModelCacheKeys>()
            .Options;
    }

    /// <summary>Statements that see <paramref name="tenant"/>'s rows only, in one round trip.</summary>
    public TenantBatch Batch(TenantId tenant) => new(_dataSource, tenant);

    /// <summary>Begins a transaction that sees <paramref name="tenant"/>'s rows only.</summary>
    /// <param name="tenant">Whose rows.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="isolation">Repeatable read gives all statements of the transaction one view of the data.</param>
    public async Task<TenantDb> BeginAsync(TenantId tenant, CancellationToken ct, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        var db = new TenantDb(_options, _model, tenant);
        try
        {
            await db.BeginAsync(isolation, ct);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}
