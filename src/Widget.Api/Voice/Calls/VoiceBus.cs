using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>What a page wants of a call that some node holds.</summary>
/// <param name="Kind">look (at the row), say, press, release, interrupt.</param>
/// <param name="Item">For say: the client id of what was typed, which is in the log.</param>
public sealed record VoiceCommand(string Kind, string? Item = null);

/// <summary>
/// Between the node that holds a call and those that its visitor is connected to, through PostgreSQL's notifications: what is being said goes one way,
/// the visitor's buttons go the other. Neither is kept; what must not be lost stands in the call's row or in the log.
/// </summary>
public sealed partial class VoiceBus(
    NpgsqlDataSource dataSource,
    LiveVoices voices,
    TimeProvider clock,
    ILogger<VoiceBus> logger) : BackgroundService
{
    private const string Channel = "voice";

    /// <summary>A caption changes with every word; the eye takes steps of this length as flowing.</summary>
    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(90);

    /// <summary>A notification holds 8,000 bytes, and a letter takes up to six of them, escaped.</summary>
    private const int LongestCaption = 1_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<(ConversationId Conversation, Speaker? Speaker), VoiceUpdate> _unsent = [];
    private readonly ConcurrentDictionary<VoiceCallId, Action<VoiceCommand>> _held = [];
    private readonly SemaphoreSlim _dirty = new(0, 1);

    /// <summary>Tells everybody who watches the conversation. Of several in a short time the last counts.</summary>
    public void Tell(ConversationId conversation, VoiceUpdate update)
    {
        if (update.Caption is { Text.Length: > LongestCaption } tooLong) update = update with { Caption = tooLong with { Text = "…" + tooLong.Text[^LongestCaption..] } };
        _unsent[(conversation, update.Caption?.Speaker)] = update;
        HaveTold();
    }

    private void HaveTold()
    {
        if (_dirty.CurrentCount > 0) return;
        try
        {
            _dirty.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    /// <summary>Takes the call's commands until disposed.</summary>
    internal IDisposable Hold(VoiceCallId call, Action<VoiceCommand> take)
    {
        _held[call] = take;
        return new Held(this, call, take);
    }

    /// <summary>Brings a command to whoever holds the call.</summary>
    public async Task CommandAsync(VoiceCallId call, VoiceCommand command, CancellationToken ct)
    {
        if (_held.TryGetValue(call, out var take))
        {
            take(command);
            return;
        }

        await NotifyAsync([JsonSerializer.Serialize(new { call = call.Value, kind = command.Kind, item = command.Item }, Json)], ct);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(TellAsync(stoppingToken), ListenAsync(stoppingToken));

    private async Task TellAsync(CancellationToken ct)
    {
        var pause = Pause();
        while (!ct.IsCancellationRequested)
        {
            var taken = new List<((ConversationId Conversation, Speaker? Speaker) Key, VoiceUpdate Update)>();
            try
            {
                await _dirty.WaitAsync(ct);
                foreach (var key in _unsent.Keys)
                    if (_unsent.TryRemove(key, out var update)) taken.Add((key, update));
                var payloads = taken.ConvertAll(
                    news => JsonSerializer.Serialize(new { conversation = news.Key.Conversation.Value, update = news.Update }, Json));
                await NotifyAsync(payloads, ct);
                pause.Reset();
                await Task.Delay(Coalescing, clock, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (DatabaseFaults.IsTransient(e))
                {
                    LogDatabaseAway(e);
                    // Put back only updates that have not been replaced by newer ones.
                    foreach (var (key, update) in taken) _unsent.TryAdd(key, update);
                    HaveTold();
                }
                else
                {
                    LogFault(LoggedException.Of(e));
                }

                await pause.WaitAsync(ct);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        var pause = Pause();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(ct);
                connection.Notification += (_, notification) => Take(notification.Payload);
                await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
                    await listen.ExecuteNonQueryAsync(ct);
                pause.Reset();
                while (!ct.IsCancellationRequested) await connection.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (e is IOException || DatabaseFaults.IsTransient(e)) LogDatabaseAway(e);
                else LogFault(LoggedException.Of(e));
                await pause.WaitAsync(ct);
            }
        }
    }

    private Backoff Pause() => new(clock, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(5));

    private async Task NotifyAsync(IReadOnlyList<string> payloads, CancellationToken ct)
    {
        if (payloads.Count == 0) return;
        await using var command = dataSource.CreateCommand("select pg_notify($1, payload) from unnest($2::text[]) payload");
        command.Parameters.Add(new() { Value = Channel });
        command.Parameters.Add(new() { Value = payloads.ToArray() });
        await command.ExecuteNonQueryAsync(ct);
    }

    private void Take(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var news = document.RootElement;
            if (news.Text("conversation") is { } conversation && news.Part("update") is { ValueKind: JsonValueKind.Object } update)
                voices.Tell(new ConversationId(Guid.Parse(conversation)), update.Deserialize<VoiceUpdate>(Json)!);
            else if (news.Text("call") is { } call && news.Text("kind") is { } kind && _held.TryGetValue(new VoiceCallId(Guid.Parse(call)), out var take))
                take(new VoiceCommand(kind, news.Text("item")));
        }
        catch (Exception e)
        {
            // Whatever it was, the next one may be readable.
            LogUnreadable(LoggedException.Of(e));
        }
    }

    private sealed class Held(VoiceBus bus, VoiceCallId call, Action<VoiceCommand> take) : IDisposable
    {
        public void Dispose() => bus._held.TryRemove(KeyValuePair.Create(call, take));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; captions of voice calls are delayed")]
    private partial void LogDatabaseAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed to relay voice call events; the relay continues")]
    private partial void LogFault(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A notification about a voice call cannot be read")]
    private partial void LogUnreadable(Exception exception);
}
