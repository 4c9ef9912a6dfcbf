using System.Collections.Concurrent;
using System.Text.Json;
using Widget.Contracts;
using Widget.Platform.Work;

namespace Widget.Api.Conversations;

/// <summary>What a visitor is told about the person at the other end. Only what is set has changed.</summary>
internal sealed record VisitorNotice
{
    /// <summary>The notification channel.</summary>
    public const string Channel = "conversation_presence";

    public required Guid Conversation { get; init; }

    public TypingRep? Typing { get; init; }

    public int? ReadSeq { get; init; }

    public int? Position { get; init; }
}

/// <summary>
/// The latest notices to visitors who watch a conversation on this node. Notices come from any node, by PostgreSQL's notifications. They
/// are not stored: a watcher that connects later learns the state from elsewhere, or with the next notice.
/// </summary>
public sealed class VisitorNotices(TimeProvider clock) : INotificationSubscriber
{
    private static readonly TimeSpan TypingTime = TimeSpan.FromSeconds(6);

    private readonly ConversationSignals _signals = new();
    private readonly ConcurrentDictionary<ConversationId, (long Version, PresenceUpdate Update, DateTimeOffset TypingUntil)> _latest = [];
    private readonly ConcurrentDictionary<ConversationId, int> _watchers = [];
    private long _version;

    string INotificationSubscriber.Channel => VisitorNotice.Channel;

    void INotificationSubscriber.Connected()
    {
        // Notices that were missed are outdated.
    }

    void INotificationSubscriber.Receive(string payload)
    {
        var notice = JsonSerializer.Deserialize<VisitorNotice>(payload, JsonSerializerOptions.Web)!;
        var conversation = new ConversationId(notice.Conversation);
        if (!_watchers.ContainsKey(conversation)) return;
        var version = Interlocked.Increment(ref _version);
        var now = clock.GetUtcNow();
        var first = new PresenceUpdate { Typing = notice.Typing, ReadSeq = notice.ReadSeq, Position = notice.Position };
        _latest.AddOrUpdate(
            conversation,
            _ => (version, first, notice.Typing is null ? default : now + TypingTime),
            (_, known) => (
                version,
                new PresenceUpdate
                {
                    Typing = notice.Typing ?? (known.TypingUntil > now ? known.Update.Typing : null),
                    ReadSeq = notice.ReadSeq ?? known.Update.ReadSeq,
                    Position = notice.Position ?? known.Update.Position,
                },
                notice.Typing is null ? known.TypingUntil : now + TypingTime));
        _signals.Raise(conversation);
    }

    /// <summary>
    /// Returns the latest state if it is newer than the version, and sets the version. Null if there is nothing new.
    /// </summary>
    internal PresenceUpdate? Since(ConversationId conversation, ref long version)
    {
        if (!_latest.TryGetValue(conversation, out var latest) || latest.Version <= version) return null;
        version = latest.Version;
        return latest.Update;
    }

    /// <summary>An event of the log ends what a notice said: a message ends the typing, and a rep who joins ends the waiting.</summary>
    internal void Ended(ConversationId conversation, ConversationEvent entry)
    {
        if (entry is not (PersonMessage or PersonJoined or PersonLeft or AssistantChosen)) return;
        while (_latest.TryGetValue(conversation, out var known))
        {
            var update = known.Update with { Typing = null, Position = entry is PersonMessage ? known.Update.Position : null };
            if (_latest.TryUpdate(conversation, known with { Update = update, TypingUntil = default }, known)) return;
        }
    }

    /// <summary>Calls the callback on every notice, until the result is disposed.</summary>
    internal IDisposable OnChange(ConversationId conversation, Action callback)
    {
        _watchers.AddOrUpdate(conversation, 1, (_, count) => count + 1);
        return new Registration(this, conversation, _signals.Listen(conversation, callback));
    }

    private sealed class Registration(VisitorNotices owner, ConversationId conversation, IDisposable listening) : IDisposable
    {
        public void Dispose()
        {
            listening.Dispose();
            var left = owner._watchers.AddOrUpdate(conversation, 0, (_, count) => count - 1);
            if (left > 0 || !owner._watchers.TryRemove(KeyValuePair.Create(conversation, left))) return;
            owner._latest.TryRemove(conversation, out _);
        }
    }
}
