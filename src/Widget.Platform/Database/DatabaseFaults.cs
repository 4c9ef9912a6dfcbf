using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Widget.Platform.Database;

/// <summary>
/// Distinguishes transient database faults (unavailable, overloaded) from errors of ours, which do not go away by retrying.
/// </summary>
public static class DatabaseFaults
{
    // What Npgsql does not count as transient, and which yet is gone once the server, its standby or the pooler is back.
    private static readonly HashSet<string> Passing = new(StringComparer.Ordinal)
    {
        PostgresErrorCodes.AdminShutdown,
        PostgresErrorCodes.CrashShutdown,
        PostgresErrorCodes.CannotConnectNow,
        PostgresErrorCodes.IdleSessionTimeout,
        "25P03", // idle_in_transaction_session_timeout
        // A statement that the server has ended, for its time limit. One that we cancel ends in an OperationCanceledException.
        PostgresErrorCodes.QueryCanceled,
        // PgBouncer says this of a server that it has lost and of clients that it has no connection for.
        PostgresErrorCodes.ProtocolViolation,
        // During a failover the address may still lead to a standby.
        PostgresErrorCodes.ReadOnlySqlTransaction,
    };

    /// <summary>
    /// Whether the same work may succeed if it is retried: the database was unreachable, starting or shutting down, had no free
    /// connection, or asked for a retry. Unwraps the exceptions of EF Core and of tasks. A cancelled operation is not a fault.
    /// </summary>
    public static bool IsTransient(Exception? exception) => exception switch
    {
        null or OperationCanceledException => false,
        PostgresException { IsTransient: false } refused => Passing.Contains(refused.SqlState),
        NpgsqlException { IsTransient: true } => true,
        // Npgsql's, while it connects. One that something else wraps is another service's.
        TimeoutException => true,
        AggregateException several => several.InnerExceptions.Any(IsTransient),
        DbUpdateException => IsTransient(exception.InnerException),
        _ => exception.InnerException is not TimeoutException && IsTransient(exception.InnerException),
    };
}
