using System.Collections.Concurrent;
using Widget.Contracts;

namespace Widget.Api.Conversations;

/// <summary>
/// The latest updates of voice calls for watchers on this node: one caption for each speaker. Older captions are not kept, because the log
/// contains everything that was said.
/// </summary>
public sealed class LiveVoiceUpdates(TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ConversationSignals _signals = new();
    private readonly ConcurrentDictionary<ConversationId, CallUpdates> _calls = [];
    private long _version;

    /// <summary>Publishes an update of a call.</summary>
    public void Publish(ConversationId conversation, VoiceUpdate update)
    {
        var updates = _calls.GetOrAdd(conversation, _ => new CallUpdates());
        lock (updates)
        {
            updates.BySpeaker[update.Caption?.Speaker.ToString() ?? ""] = (Interlocked.Increment(ref _version), update);
            updates.PublishedAt = clock.GetUtcNow();
        }

        _signals.Raise(conversation);
        // Remove calls whose end was never published on this node.
        foreach (var (other, call) in _calls)
            if (clock.GetUtcNow() - call.PublishedAt > Lifetime) _calls.TryRemove(KeyValuePair.Create(other, call));
    }

    /// <summary>Removes a call that has ended.</summary>
    public void Remove(ConversationId conversation) => _calls.TryRemove(conversation, out _);

    /// <summary>Returns the updates after a version, oldest first, and sets the version to that of the last one.</summary>
    public IReadOnlyList<VoiceUpdate> Since(ConversationId conversation, ref long version)
    {
        if (!_calls.TryGetValue(conversation, out var updates)) return [];
        lock (updates)
        {
            var seen = version;
            var news = updates.BySpeaker.Values.Where(entry => entry.Version > seen).OrderBy(entry => entry.Version).ToList();
            if (news.Count > 0) version = news[^1].Version;
            return news.ConvertAll(entry => entry.Update);
        }
    }

    /// <summary>Calls the callback on every update, until the result is disposed.</summary>
    public IDisposable OnChange(ConversationId conversation, Action callback) => _signals.Listen(conversation, callback);

    private sealed class CallUpdates
    {
        /// <summary>The latest update of each speaker. Updates without a caption have an empty name.</summary>
        public Dictionary<string, (long Version, VoiceUpdate Update)> BySpeaker { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset PublishedAt { get; set; }
    }
}
