using System.Collections.Concurrent;
using Widget.Contracts;

namespace Widget.Api.Conversations;

/// <summary>
/// The latest captions of voice calls on this node, one for each speaker. Older ones are not kept for watchers, because everything that was
/// said is in the log.
/// </summary>
public sealed class LiveVoices(TimeProvider clock)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConversationSignals _signals = new();
    private readonly ConcurrentDictionary<ConversationId, Voices> _voices = [];
    private long _version;

    /// <summary>Publishes a change in a call.</summary>
    public void Tell(ConversationId conversation, VoiceUpdate update)
    {
        var voices = _voices.GetOrAdd(conversation, _ => new Voices());
        lock (voices)
        {
            voices.Last[update.Caption?.Speaker.ToString() ?? ""] = (Interlocked.Increment(ref _version), update);
            voices.ToldAt = clock.GetUtcNow();
        }

        _signals.Raise(conversation);
        // Remove calls whose end was never published on this node.
        foreach (var (other, silent) in _voices)
            if (clock.GetUtcNow() - silent.ToldAt > Forgotten) _voices.TryRemove(KeyValuePair.Create(other, silent));
    }

    /// <summary>The call is over.</summary>
    public void Forget(ConversationId conversation) => _voices.TryRemove(conversation, out _);

    /// <summary>The updates after a version, oldest first. Sets the version to that of the last one.</summary>
    public IReadOnlyList<VoiceUpdate> Since(ConversationId conversation, ref long version)
    {
        if (!_voices.TryGetValue(conversation, out var voices)) return [];
        lock (voices)
        {
            var seen = version;
            var news = voices.Last.Values.Where(entry => entry.Version > seen).OrderBy(entry => entry.Version).ToList();
            if (news.Count > 0) version = news[^1].Version;
            return news.ConvertAll(entry => entry.Update);
        }
    }

    /// <summary>Calls back on every update, until disposed.</summary>
    public IDisposable OnChange(ConversationId conversation, Action callback) => _signals.Listen(conversation, callback);

    private sealed class Voices
    {
        /// <summary>By speaker; updates without a caption have the empty name.</summary>
        public Dictionary<string, (long Version, VoiceUpdate Update)> Last { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset ToldAt { get; set; }
    }
}
