using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Analytics.Unanswered;

/// <summary>Groups similar unanswered questions, a few seconds after they were asked.</summary>
internal sealed partial class UnansweredWorker(
    NpgsqlDataSource dataSource,
    UnansweredService unanswered,
    TimeProvider clock,
    ILogger<UnansweredWorker> logger) : PeriodicWorker(Interval, clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override async Task TickAsync(CancellationToken ct)
    {
        while (await NextTenantAsync(ct) is { } tenant && await unanswered.GroupAsync(tenant, ct) > 0)
        {
            // Until no question waits.
        }
    }

    private async Task<TenantId?> NextTenantAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_with_ungrouped_questions()");
        return await command.ExecuteScalarAsync(ct) is Guid tenant ? new TenantId(tenant) : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; unanswered questions are grouped when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Grouping unanswered questions failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
