using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Pgvector.EntityFrameworkCore;
using Pgvector.Npgsql;

namespace Widget.Rag.Storage;

/// <summary>Opens transactions on a family of tables, each for one tenant.</summary>
public abstract class TenantDatabase<TDb>(NpgsqlDataSource dataSource, Func<DbContextOptions<TDb>, TenantId, TDb> create)
    where TDb : TenantDbContext
{
    private readonly DbContextOptions<TDb> _options = new DbContextOptionsBuilder<TDb>()
        // The default strategy would wrap a lost connection in an InvalidOperationException, and nobody could tell it from a mistake.
        .UseNpgsql(dataSource, npgsql => npgsql.UseVector().ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)))
        .Options;

    /// <summary>Statements that see <paramref name="tenant"/>'s rows only, in one round trip.</summary>
    public TenantBatch Batch(TenantId tenant) => new(dataSource, tenant);

    /// <summary>Begins a transaction that sees <paramref name="tenant"/>'s rows only.</summary>
    /// <param name="tenant">Whose rows.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <param name="isolation">Repeatable read gives all statements of the transaction one view of the data.</param>
    public async Task<TDb> BeginAsync(TenantId tenant, CancellationToken ct, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        var db = create(_options, tenant);
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

/// <summary>The application's pool.</summary>
public static class ApplicationDataSource
{
    /// <summary>
    /// Most connections of a node, unless the connection string says otherwise (<c>Maximum Pool Size</c>): 8 for each processor, from 16 to 100.
    /// </summary>
    public static int MostConnections { get; } = Math.Clamp(Environment.ProcessorCount * 8, 16, 100);

    /// <param name="connection">Connection string of a role that row-level security holds for.</param>
    public static NpgsqlDataSource Create(string connection)
    {
        var builder = new NpgsqlDataSourceBuilder(connection);
        // Planning a search costs as much as running it on a small tenant. A pooler that cannot keep prepared statements
        // (PgBouncer before 1.21) needs "Max Auto Prepare=0" in the connection string.
        if (!connection.Contains("Max Auto Prepare", StringComparison.OrdinalIgnoreCase)) builder.ConnectionStringBuilder.MaxAutoPrepare = 100;
        // A connection that waits for notifications says nothing for hours; without this a dead line would not be noticed.
        if (builder.ConnectionStringBuilder.KeepAlive == 0) builder.ConnectionStringBuilder.KeepAlive = 30;
        // Many connections at once make each slower, and opening one costs as much as a question. What is more waits in line.
        if (!connection.Contains("Pool Size", StringComparison.OrdinalIgnoreCase)) builder.ConnectionStringBuilder.MaxPoolSize = MostConnections;
        // Metrics name the pool by this; otherwise it would be the connection string.
        builder.Name = "widget";
        builder.ConfigureTracing(tracing => tracing.EnableFirstResponseEvent(false)
            .ConfigureCommandSpanNameProvider(static command => SqlSummary.Of(command.CommandText))
            .ConfigureBatchSpanNameProvider(static batch => batch.BatchCommands is [.., var last] ? SqlSummary.Of(last.CommandText) : "batch"));
        builder.UseVector();
        return builder.Build();
    }
}
