using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Widget.Rag.Storage;

/// <summary>Tells a database that is away or overloaded, which passes, from a mistake of ours, which does not.</summary>
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
    /// Whether the same work may succeed in a moment: the database could not be reached, was shutting down or starting, had no connection left,
    /// or asked for a retry. Looks through the exceptions that EF Core and tasks wrap such a fault in. A cancelled operation is no fault.
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
