using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Npgsql;
using Widget.Platform.Outbound;
using Widget.Platform.Work;

namespace Widget.Api.Telemetry;

/// <summary>
/// Gauges of waiting work and of circuit breakers. One statement queries the database every fifteen seconds, independent of how often
/// the metrics are read. While the database is unavailable, the gauges of waiting work are missing.
/// </summary>
internal sealed partial class WorkGauges : PeriodicWorker
{
    public const string Name = "Widget.Work";

    private readonly NpgsqlDataSource _database;
    private readonly ILogger<WorkGauges> _logger;
    private readonly Meter _meter = new(Name);
    private ImmutableArray<(string Work, long Count, double OldestSeconds)> _work = [];

    public WorkGauges(NpgsqlDataSource database, CircuitBreakerRegistry breakers, TimeProvider clock, ILogger<WorkGauges> logger)
        : base(TimeSpan.FromSeconds(15), clock)
    {
        (_database, _logger) = (database, logger);
        _meter.CreateObservableGauge(
            "widget.work.waiting",
            () => Of(isCall: false, row => row.Count),
            "{item}",
            "Work that waits for a node, of all tenants.");
        _meter.CreateObservableGauge(
            "widget.work.oldest_age",
            () => Of(isCall: false, row => row.OldestSeconds),
            "s",
            "Age of the oldest work that waits.");
        _meter.CreateObservableGauge(
            "widget.calls.active",
            () => Of(isCall: true, row => row.Count),
            "{call}",
            "Calls in progress, of all tenants.");
        _meter.CreateObservableGauge(
            "widget.breakers.open",
            () => breakers.ReadOpen().Select(reading => Breaker(reading.Service, reading.Open)),
            "{breaker}",
            "Circuit breakers of outside services that are open on this node.");
    }

    /// <summary>Queries the database now.</summary>
    internal async Task ReadAsync(CancellationToken ct)
    {
        await using var command = _database.CreateCommand("select work, waiting, oldest_seconds from work_waiting()");
        await using var rows = await command.ExecuteReaderAsync(ct);
        var work = ImmutableArray.CreateBuilder<(string, long, double)>();
        while (await rows.ReadAsync(ct)) work.Add((rows.GetString(0), rows.GetInt64(1), rows.GetDouble(2)));
        _work = work.ToImmutable();
    }

    protected override bool RunsAtStart => true;

    protected override async Task TickAsync(CancellationToken ct)
    {
        try
        {
            await ReadAsync(ct);
        }
        catch
        {
            _work = [];
            throw;
        }
    }

    protected override bool IsDatabaseFault(Exception exception) => exception is NpgsqlException or TimeoutException;

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    private static Measurement<long> Breaker(string service, long open) =>
        new(open, new KeyValuePair<string, object?>("widget.service", service));

    private IEnumerable<Measurement<T>> Of<T>(bool isCall, Func<(string Work, long Count, double OldestSeconds), T> value)
        where T : struct
    {
        const string Call = "_call";
        return _work.Where(row => row.Work.EndsWith(Call, StringComparison.Ordinal) == isCall).Select(row => isCall
            ? new Measurement<T>(value(row), new KeyValuePair<string, object?>("widget.call.mode", row.Work[..^Call.Length]))
            : new Measurement<T>(value(row), new KeyValuePair<string, object?>("widget.work", row.Work)));
    }

    [LoggerMessage(
        EventId = 3001,
        Level = LogLevel.Warning,
        Message = "The database is unavailable; the metrics of waiting work are missing")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "Reading the metrics of waiting work failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
