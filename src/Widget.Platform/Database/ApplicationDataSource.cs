using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Widget.Platform.Database;

/// <summary>Creates the application's connection pool.</summary>
public static class ApplicationDataSource
{
    /// <summary>
    /// Maximum number of a node's connections, unless the connection string sets <c>Maximum Pool Size</c>: 8 for each processor, at least
    /// 16 and at most 100.
    /// </summary>
    public static int MaxConnections { get; } = Math.Clamp(Environment.ProcessorCount * 8, 16, 100);

    /// <param name="connection">Connection string of a role to which row-level security applies.</param>
    public static NpgsqlDataSource Create(string connection)
    {
        var builder = new NpgsqlDataSourceBuilder(connection);
        // On a small tenant, planning a search takes as long as running it. A pooler without support for prepared statements (PgBouncer
        // before 1.21) needs "Max Auto Prepare=0" in the connection string.
        if (!connection.Contains("Max Auto Prepare", StringComparison.OrdinalIgnoreCase))
            builder.ConnectionStringBuilder.MaxAutoPrepare = 100;
        // A connection that waits for notifications can be idle for hours. Keepalives detect when it is broken.
        if (builder.ConnectionStringBuilder.KeepAlive == 0) builder.ConnectionStringBuilder.KeepAlive = 30;
        // Many concurrent connections slow each other down, and opening one costs as much as a question. Further requests wait for a free
        // connection.
        if (!connection.Contains("Pool Size", StringComparison.OrdinalIgnoreCase))
            builder.ConnectionStringBuilder.MaxPoolSize = MaxConnections;
        // The pool's name in metrics. The default would be the connection string.
        builder.Name = "widget";
        builder.ConfigureTracing(tracing => tracing.EnableFirstResponseEvent(false)
            .ConfigureCommandSpanNameProvider(static command => SqlSummary.Of(command.CommandText))
            .ConfigureBatchSpanNameProvider(
                static batch => batch.BatchCommands is [.., var last] ? SqlSummary.Of(last.CommandText) : "batch"));
        builder.UseVector();
        return builder.Build();
    }
}
