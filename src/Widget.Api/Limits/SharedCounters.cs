using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Widget.Platform.Work;

namespace Widget.Api.Limits;

/// <summary>Tokens that the database has granted.</summary>
/// <param name="Granted">Number of tokens. 0 if the bucket is empty.</param>
/// <param name="Wait">The time until the next token.</param>
internal readonly record struct TakenTokens(int Granted, TimeSpan Wait);

/// <summary>
/// Token buckets in PostgreSQL that all nodes share. They fail open: while the database is unavailable, each node enforces the limits on
/// its own (docs/decisions/0025-limits.md).
/// </summary>
internal sealed partial class SharedCounters(
    NpgsqlDataSource dataSource,
    IMeterFactory meters,
    TimeProvider clock,
    ILogger<SharedCounters> logger)
{
    public const string MeterName = "Widget.Limits";

    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly Counter<long> _unchecked = meters.Create(MeterName).CreateCounter<long>(
        "widget.limits.unchecked", "{request}", "Requests allowed without a check, because the shared counters were unavailable.");

    private long _retryAt;

    /// <summary>Returns a hash of the key, so that the database stores neither addresses nor site keys.</summary>
    public static byte[] KeyOf(Limit limit, string key) => SHA256.HashData(Encoding.UTF8.GetBytes($"{limit}:{key}"))[..16];

    /// <summary>Takes as many tokens as are available, up to <paramref name="wanted"/>. Null when the database is unavailable.</summary>
    public async Task<TakenTokens?> TakeAsync(byte[] key, int wanted, Rate rate, CancellationToken ct)
    {
        if (clock.GetTimestamp() < Volatile.Read(ref _retryAt)) return CountUnchecked();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(QueryTimeout);
        try
        {
            await using var command = dataSource.CreateCommand("select granted, wait from take_tokens($1, $2, $3, $4)");
            command.Parameters.Add(new() { Value = key });
            command.Parameters.Add(new() { Value = wanted });
            command.Parameters.Add(new() { Value = rate.Count });
            command.Parameters.Add(new() { Value = rate.Period });
            await using var row = await command.ExecuteReaderAsync(timeout.Token);
            await row.ReadAsync(timeout.Token);
            return new TakenTokens(row.GetInt32(0), row.GetTimeSpan(1));
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // Try again after a pause, so that requests do not wait one after another for an unavailable database.
            Volatile.Write(ref _retryAt, clock.GetTimestamp() + (long)(RetryDelay.TotalSeconds * clock.TimestampFrequency));
            LogUnavailable(e);
            return CountUnchecked();
        }
    }

    /// <summary>Deletes the rows of full buckets. A missing row means a full bucket.</summary>
    public async Task DeleteFullBucketsAsync(CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select forget_full_buckets()");
        await command.ExecuteNonQueryAsync(ct);
    }

    private TakenTokens? CountUnchecked()
    {
        _unchecked.Add(1);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The shared rate limit counters are unavailable; this node limits on its own")]
    private partial void LogUnavailable(Exception exception);
}

/// <summary>Deletes full buckets every minute.</summary>
internal sealed partial class CounterCleanup(
    SharedCounters counters,
    TimeProvider clock,
    ILogger<CounterCleanup> logger) : PeriodicWorker(TimeSpan.FromMinutes(1), clock)
{
    protected override Task TickAsync(CancellationToken ct) => counters.DeleteFullBucketsAsync(ct);

    protected override void LogDatabaseUnavailable(Exception exception) => LogUnavailable(exception);

    protected override void LogFailure(Exception exception) => LogUnavailable(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old rate limit counters could not be deleted. The next attempt is in a minute")]
    private partial void LogUnavailable(Exception exception);
}
