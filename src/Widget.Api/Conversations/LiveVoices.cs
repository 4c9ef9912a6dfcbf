using System.Collections.Concurrent;
using Widget.Contracts;

namespace Widget.Api.Conversations;

/// <summary>
/// What is being said in voice calls just now, as far as this node has heard: the last word of each side. Nothing of it is kept for watchers; what was said
/// comes to them again through the log.
/// </summary>
public sealed class LiveVoices(TimeProvider clock)
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConversationSignals _signals = new();
    private readonly ConcurrentDictionary<ConversationId, Voices> _voices = [];
    private long _version;

    /// <summary>Something happens in a call.</summary>
    public void Tell(ConversationId conversation, VoiceUpdate update)
    {
        var voices = _voices.GetOrAdd(conversation, _ => new Voices());
        lock (voices)
        {
            voices.Last[update.Caption?.Speaker.ToString() ?? ""] = (Interlocked.Increment(ref _version), update);
            voices.ToldAt = clock.GetUtcNow();
        }

        _signals.Raise(conversation);
        // Calls whose end was never told here.
        foreach (var (other, silent) in _voices)
            if (clock.GetUtcNow() - silent.ToldAt > Forgotten) _voices.TryRemove(KeyValuePair.Create(other, silent));
    }

    /// <summary>The call is over.</summary>
    public void Forget(ConversationId conversation) => _voices.TryRemove(conversation, out _);

    /// <summary>What has been told since a version, oldest first, and the version that it is at now.</summary>
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

    /// <summary>Calls back whenever something is told, until disposed.</summary>
    public IDisposable OnChange(ConversationId conversation, Action callback) => _signals.Listen(conversation, callback);

    private sealed class Voices
    {
        /// <summary>By who speaks; what nobody says stands under the empty name.</summary>
        public Dictionary<string, (long Version, VoiceUpdate Update)> Last { get; } = new(StringComparer.Ordinal);

        public DateTimeOffset ToldAt { get; set; }
    }
}
