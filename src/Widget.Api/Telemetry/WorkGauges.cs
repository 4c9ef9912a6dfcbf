using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.Speech.Client;
using Widget.Api.Tavus.Client;
using Widget.Api.Voice.Providers;
using Widget.Rag.Search;

namespace Widget.Api.Telemetry;

/// <summary>
/// Gauges of waiting work and of circuit breakers. They query the database every fifteen seconds in one statement, however often metrics
/// are read. While the database is unavailable, these gauges are missing.
/// </summary>
internal sealed partial class WorkGauges : BackgroundService
{
    public const string Name = "Widget.Work";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly ILogger<WorkGauges> _logger;
    private readonly Meter _meter = new(Name);
    private ImmutableArray<(string Work, long Count, double OldestSeconds)> _work = [];

    public WorkGauges(
        NpgsqlDataSource database,
        CircuitBreakers searches,
        IEnumerable<IKnowledgeBase> knowledgeBases,
        IEnumerable<IReranker> rerankers,
        TavusClient tavus,
        VoiceHttp voice,
        SpeechTransport speech,
        ChatModel model,
        ModelCondition condition,
        TimeProvider clock,
        ILogger<WorkGauges> logger)
    {
        (_database, _clock, _logger) = (database, clock, logger);
        string[] searched =
        [
            .. knowledgeBases.Where(knowledge => knowledge.IsRemote).Select(knowledge => knowledge.Name).Distinct(StringComparer.Ordinal),
            .. rerankers.Select(_ => "reranker"),
        ];
        _meter.CreateObservableGauge("widget.work.waiting", () => Of(isCall: false, row => row.Count), "{item}", "Work that waits for a node, of all tenants.");
        _meter.CreateObservableGauge("widget.work.oldest_age", () => Of(isCall: false, row => row.OldestSeconds), "s", "Age of the oldest work that waits.");
        _meter.CreateObservableGauge("widget.calls.active", () => Of(isCall: true, row => row.Count), "{call}", "Calls under way, of all tenants.");
        _meter.CreateObservableGauge(
            "widget.breakers.open",
            () =>
            {
                var open = searches.OpenByKind();
                return searched.Select(name => Breaker($"search {name}", open.GetValueOrDefault(name)))
                    .Concat(model.Client is null ? [] : [Breaker("chat model", condition.IsPaused ? 1 : 0)])
                    .Concat([Breaker("tavus", tavus.OpenBreakers), Breaker("voice", voice.OpenBreakers), Breaker("speech", speech.OpenBreakers)]);
            },
            "{breaker}",
            "Circuit breakers of outside services that are open on this node.");
    }

    /// <summary>Asks the database now.</summary>
    internal async Task ReadAsync(CancellationToken ct)
    {
        await using var command = _database.CreateCommand("select work, waiting, oldest_seconds from work_waiting()");
        await using var rows = await command.ExecuteReaderAsync(ct);
        var work = ImmutableArray.CreateBuilder<(string, long, double)>();
        while (await rows.ReadAsync(ct)) work.Add((rows.GetString(0), rows.GetInt64(1), rows.GetDouble(2)));
        _work = work.ToImmutable();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        do
        {
            try
            {
                await ReadAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                _work = [];
                LogDatabaseAway(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    private static Measurement<long> Breaker(string service, long open) => new(open, new KeyValuePair<string, object?>("widget.service", service));

    private IEnumerable<Measurement<T>> Of<T>(bool isCall, Func<(string Work, long Count, double OldestSeconds), T> value)
        where T : struct
    {
        const string Call = "_call";
        return _work.Where(row => row.Work.EndsWith(Call, StringComparison.Ordinal) == isCall).Select(row => isCall
            ? new Measurement<T>(value(row), new KeyValuePair<string, object?>("widget.call.mode", row.Work[..^Call.Length]))
            : new Measurement<T>(value(row), new KeyValuePair<string, object?>("widget.work", row.Work)));
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "The database is unavailable; the metrics of waiting work are missing")]
    private partial void LogDatabaseAway(Exception exception);
}
