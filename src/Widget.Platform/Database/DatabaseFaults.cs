using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Widget.Platform.Database;

/// <summary>
/// Distinguishes transient database faults (unavailable, overloaded) from programming errors, which a retry does not fix.
/// </summary>
public static class DatabaseFaults
{
    // Errors that Npgsql does not consider transient, but that end when the server, its standby or the pooler is available again.
    private static readonly HashSet<string> TransientCodes = new(StringComparer.Ordinal)
    {
        PostgresErrorCodes.AdminShutdown,
        PostgresErrorCodes.CrashShutdown,
        PostgresErrorCodes.CannotConnectNow,
        PostgresErrorCodes.IdleSessionTimeout,
        "25P03", // idle_in_transaction_session_timeout
        // The server cancelled a statement because of its time limit. A statement that the application cancels throws
        // OperationCanceledException.
        PostgresErrorCodes.QueryCanceled,
        // PgBouncer reports this for a lost server connection and for clients that get no connection.
        PostgresErrorCodes.ProtocolViolation,
        // During a failover, the address may still lead to a standby.
        PostgresErrorCodes.ReadOnlySqlTransaction,
    };

    /// <summary>
    /// Whether PostgreSQL cancelled the transaction because of a deadlock: another transaction locked the same rows in another order. This
    /// happens in normal operation, for instance while a tenant is being deleted. It is enough to repeat the work.
    /// </summary>
    public static bool IsDeadlock(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected } => true,
        _ => IsDeadlock(exception.InnerException),
    };

    /// <summary>Whether PostgreSQL refused a text because it cannot store the character U+0000.</summary>
    public static bool IsInvalidText(Exception? exception) => exception switch
    {
        null => false,
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } => true,
        _ => IsInvalidText(exception.InnerException),
    };

    /// <summary>
    /// Whether the same work may succeed if it is retried: the database was unreachable, starting or shutting down, had no free
    /// connection, or asked for a retry. Unwraps the exceptions of EF Core and of tasks. A cancelled operation is not a fault.
    /// </summary>
    public static bool IsTransient(Exception? exception) => exception switch
    {
        null or OperationCanceledException => false,
        PostgresException { IsTransient: false } refused => TransientCodes.Contains(refused.SqlState),
        NpgsqlException { IsTransient: true } => true,
        // Npgsql throws this while connecting. If another exception wraps it, it comes from another service.
        TimeoutException => true,
        AggregateException several => several.InnerExceptions.Any(IsTransient),
        DbUpdateException => IsTransient(exception.InnerException),
        _ => exception.InnerException is not TimeoutException && IsTransient(exception.InnerException),
    };
}
