using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Widget.Platform.Tenancy;

/// <summary>Opens transactions that each see one tenant's rows.</summary>
public sealed class TenantDatabase
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly TenantModel _model;
    private readonly DbContextOptions<TenantDb> _options;

    /// <param name="dataSource">The application's connection pool.</param>
    /// <param name="tables">The tables of all features.</param>
    public TenantDatabase(NpgsqlDataSource dataSource, IEnumerable<TenantTables> tables)
    {
        _dataSource = dataSource;
        _model = new TenantModel([.. tables]);
        _options = new DbContextOptionsBuilder<TenantDb>()
            // The default strategy wraps a lost connection in an InvalidOperationException, which looks like a programming error.
            .UseNpgsql(
                dataSource,
                npgsql => npgsql.UseVector().ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)))
            .ReplaceService<IModelCacheKeyFactory, TenantModelCacheKeys>()
            .Options;
    }

    /// <summary>Creates a batch that sees only <paramref name="tenant"/>'s rows and takes one round trip.</summary>
    public TenantBatch Batch(TenantId tenant) => new(_dataSource, tenant);

    /// <summary>Begins a transaction that sees only <paramref name="tenant"/>'s rows.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <param name="isolation">With repeatable read, all statements of the transaction see the same snapshot.</param>
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
