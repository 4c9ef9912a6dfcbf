using Npgsql;
using Widget.Platform.Work;

namespace Widget.Api.Accounts;

/// <summary>Deletes sessions that have ended, one-time codes that have expired, and old counts of wrong passwords, every hour.</summary>
internal sealed partial class AccountCleanup(
    NpgsqlDataSource dataSource,
    TimeProvider clock,
    ILogger<AccountCleanup> logger) : PeriodicWorker(TimeSpan.FromHours(1), clock)
{
    protected override async Task TickAsync(CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from account_sessions where expires_at < now()"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from used_codes where expires_at < now()"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from sign_in_failures where last_at < now() - interval '1 day'"));
        await batch.ExecuteNonQueryAsync(ct);
    }

    protected override void LogDatabaseUnavailable(Exception exception) => LogFailed(exception);

    protected override void LogFailure(Exception exception) => LogFailed(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old sessions could not be deleted; this is tried again in an hour")]
    private partial void LogFailed(Exception exception);
}
