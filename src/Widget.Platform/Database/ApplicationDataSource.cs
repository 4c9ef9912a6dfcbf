using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Widget.Platform.Database;

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
