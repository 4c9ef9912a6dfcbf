using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>A command for a call. Any node may run the call.</summary>
/// <param name="Kind">
/// <c>say</c>: a typed message is in the log; <c>press</c>, <c>release</c>: the push-to-talk button; <c>interrupt</c>: stop speaking;
/// <c>look</c>: read the call's row, which has changed.
/// </param>
/// <param name="Item">For <c>say</c>: the client id of the typed message.</param>
public sealed record VoiceCommand(string Kind, string? Item = null);

/// <summary>
/// Connects the node that runs a call with the nodes that its visitor is connected to, through PostgreSQL's notifications. It sends
/// captions to the visitor and the visitor's commands to the call. Notifications may be lost; what must not be lost is in the call's row or
/// in the log.
/// </summary>
public sealed partial class VoiceBus(
    NpgsqlDataSource dataSource,
    LiveVoiceUpdates voices,
    TimeProvider clock,
    ILogger<VoiceBus> logger) : BackgroundWorker(clock), INotificationSubscriber
{
    private const string Channel = "voice";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>A caption changes with every word. Updates at this interval look smooth.</summary>
    private static readonly TimeSpan CoalescingInterval = TimeSpan.FromMilliseconds(90);

    /// <summary>In characters. A notification may have 8,000 bytes, and an escaped character has up to six.</summary>
    private const int MaxCaptionLength = 1_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<(ConversationId Conversation, Speaker? Speaker), VoiceUpdate> _unsent = [];
    private readonly ConcurrentDictionary<VoiceCallId, Action<VoiceCommand>> _handlers = [];
    private readonly WakeUpSignal<VoiceBus> _published = new();

    /// <summary>Sends an update to all who watch the conversation. Of several updates in a short time, only the last is sent.</summary>
    public void Publish(ConversationId conversation, VoiceUpdate update)
    {
        if (update.Caption is { Text.Length: > MaxCaptionLength } tooLong)
            update = update with { Caption = tooLong with { Text = "…" + tooLong.Text[^MaxCaptionLength..] } };
        _unsent[(conversation, update.Caption?.Speaker)] = update;
        _published.Raise();
    }

    /// <summary>Handles the call's commands until disposed.</summary>
    internal IDisposable Subscribe(VoiceCallId call, Action<VoiceCommand> handle)
    {
        _handlers[call] = handle;
        return new Subscription(this, call, handle);
    }

    /// <summary>Sends a command to the node that runs the call.</summary>
    public async Task CommandAsync(VoiceCallId call, VoiceCommand command, CancellationToken ct)
    {
        if (_handlers.TryGetValue(call, out var handle))
        {
            handle(command);
            return;
        }

        await NotifyAsync([JsonSerializer.Serialize(new { call = call.Value, kind = command.Kind, item = command.Item }, Json)], ct);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        RepeatAsync(SendAsync, FirstPause, MaxPause, stoppingToken);

    // Sends the updates that were published since the last time.
    private async Task SendAsync(CancellationToken ct)
    {
        await _published.WaitAsync(Timeout.InfiniteTimeSpan, Clock, ct);
        var updates = new List<((ConversationId Conversation, Speaker? Speaker) Key, VoiceUpdate Update)>();
        foreach (var key in _unsent.Keys)
            if (_unsent.TryRemove(key, out var update)) updates.Add((key, update));
        try
        {
            var payloads = updates.ConvertAll(
                entry => JsonSerializer.Serialize(new { conversation = entry.Key.Conversation.Value, update = entry.Update }, Json));
            await NotifyAsync(payloads, ct);
        }
        catch (Exception e) when (DatabaseFaults.IsTransient(e))
        {
            // Put back only updates that have not been replaced by newer ones.
            foreach (var (key, update) in updates) _unsent.TryAdd(key, update);
            _published.Raise();
            throw;
        }

        await Task.Delay(CoalescingInterval, Clock, ct);
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

    // Missed captions are outdated. Missed commands are repeated or are in the call's row.
    void INotificationSubscriber.Connected()
    {
    }

    void INotificationSubscriber.Receive(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var message = document.RootElement;
            if (message.Text("conversation") is { } conversation && message.Part("update") is { ValueKind: JsonValueKind.Object } update)
            {
                voices.Publish(new ConversationId(Guid.Parse(conversation)), update.Deserialize<VoiceUpdate>(Json)!);
            }
            else if (message.Text("call") is { } call && message.Text("kind") is { } kind
                && _handlers.TryGetValue(new VoiceCallId(Guid.Parse(call)), out var handle))
            {
                handle(new VoiceCommand(kind, message.Text("item")));
            }
        }
        catch (Exception e)
        {
            LogUnreadable(SanitizedException.From(e));
        }
    }

    public override void Dispose()
    {
        _published.Dispose();
        base.Dispose();
    }

    private sealed class Subscription(VoiceBus bus, VoiceCallId call, Action<VoiceCommand> handle) : IDisposable
    {
        public void Dispose() => bus._handlers.TryRemove(KeyValuePair.Create(call, handle));
    }

    protected override void LogFailure(Exception exception) => LogFault(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; captions of voice calls are delayed")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to relay voice call events; the relay continues")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A notification about a voice call cannot be read")]
    private partial void LogUnreadable(Exception exception);
}
