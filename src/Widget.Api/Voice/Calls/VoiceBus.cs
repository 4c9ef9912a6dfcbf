using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>A page's command for a call, which any node may hold.</summary>
/// <param name="Kind">look (at the row), say, press, release or interrupt.</param>
/// <param name="Item">For say: the client id of the typed message, which is in the log.</param>
public sealed record VoiceCommand(string Kind, string? Item = null);

/// <summary>
/// Connects the node that holds a call with the nodes that its visitor is connected to, through PostgreSQL's notifications: captions go one
/// way, the visitor's buttons go the other. Neither is stored; what must not be lost is in the call's row or in the log.
/// </summary>
public sealed partial class VoiceBus(
    NpgsqlDataSource dataSource,
    LiveVoices voices,
    TimeProvider clock,
    ILogger<VoiceBus> logger) : BackgroundWorker(clock), INotificationSubscriber
{
    private const string Channel = "voice";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>A caption changes with every word. Steps of this length look smooth.</summary>
    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(90);

    /// <summary>In characters. A notification holds 8,000 bytes, and an escaped character takes up to six.</summary>
    private const int LongestCaption = 1_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<(ConversationId Conversation, Speaker? Speaker), VoiceUpdate> _unsent = [];
    private readonly ConcurrentDictionary<VoiceCallId, Action<VoiceCommand>> _held = [];
    private readonly WakeUpSignal<VoiceBus> _raised = new();

    /// <summary>Sends an update to all who watch the conversation. Of several updates in a short time, only the last is sent.</summary>
    public void Tell(ConversationId conversation, VoiceUpdate update)
    {
        if (update.Caption is { Text.Length: > LongestCaption } tooLong)
            update = update with { Caption = tooLong with { Text = "…" + tooLong.Text[^LongestCaption..] } };
        _unsent[(conversation, update.Caption?.Speaker)] = update;
        _raised.Raise();
    }

    /// <summary>Receives the call's commands until disposed.</summary>
    internal IDisposable Hold(VoiceCallId call, Action<VoiceCommand> take)
    {
        _held[call] = take;
        return new Held(this, call, take);
    }

    /// <summary>Sends a command to the node that holds the call.</summary>
    public async Task CommandAsync(VoiceCallId call, VoiceCommand command, CancellationToken ct)
    {
        if (_held.TryGetValue(call, out var take))
        {
            take(command);
            return;
        }

        await NotifyAsync([JsonSerializer.Serialize(new { call = call.Value, kind = command.Kind, item = command.Item }, Json)], ct);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        RepeatAsync(SendAsync, FirstPause, LongestPause, stoppingToken);

    // Sends the updates that have come since the last time.
    private async Task SendAsync(CancellationToken ct)
    {
        await _raised.WaitAsync(Timeout.InfiniteTimeSpan, Clock, ct);
        var taken = new List<((ConversationId Conversation, Speaker? Speaker) Key, VoiceUpdate Update)>();
        foreach (var key in _unsent.Keys)
            if (_unsent.TryRemove(key, out var update)) taken.Add((key, update));
        try
        {
            var payloads = taken.ConvertAll(
                news => JsonSerializer.Serialize(new { conversation = news.Key.Conversation.Value, update = news.Update }, Json));
            await NotifyAsync(payloads, ct);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e))
        {
            // Put back only updates that have not been replaced by newer ones.
            foreach (var (key, update) in taken) _unsent.TryAdd(key, update);
            _raised.Raise();
            throw;
        }

        await Task.Delay(Coalescing, Clock, ct);
    }

    private async Task NotifyAsync(IReadOnlyList<string> payloads, CancellationToken ct)
    {
        if (payloads.Count == 0) return;
        await using var command = dataSource.CreateCommand("select pg_notify($1, payload) from unnest($2::text[]) payload");
        command.Parameters.Add(new() { Value = Channel });
        command.Parameters.Add(new() { Value = payloads.ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    string INotificationSubscriber.Channel => Channel;

    // Missed captions are outdated, and a missed command is repeated or in the call's row.
    void INotificationSubscriber.Connected()
    {
    }

    void INotificationSubscriber.Receive(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var news = document.RootElement;
            if (news.Text("conversation") is { } conversation && news.Part("update") is { ValueKind: JsonValueKind.Object } update)
            {
                voices.Tell(new ConversationId(Guid.Parse(conversation)), update.Deserialize<VoiceUpdate>(Json)!);
            }
            else if (news.Text("call") is { } call && news.Text("kind") is { } kind
                && _held.TryGetValue(new VoiceCallId(Guid.Parse(call)), out var take))
            {
                take(new VoiceCommand(kind, news.Text("item")));
            }
        }
        catch (Exception e)
        {
            LogUnreadable(LoggedException.Of(e));
        }
    }

    public override void Dispose()
    {
        _raised.Dispose();
        base.Dispose();
    }

    private sealed class Held(VoiceBus bus, VoiceCallId call, Action<VoiceCommand> take) : IDisposable
    {
        public void Dispose() => bus._held.TryRemove(KeyValuePair.Create(call, take));
    }

    protected override void LogTrouble(Exception exception) => LogFault(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; captions of voice calls are delayed")]
    protected override partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to relay voice call events; the relay continues")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A notification about a voice call cannot be read")]
    private partial void LogUnreadable(Exception exception);
}
