using System.Runtime.CompilerServices;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Conversations;

/// <summary>
/// Lets any number of watchers follow a conversation. They get the events of the log, which PostgreSQL's notifications announce to every
/// node, and the answers that this node is writing. A notification only wakes a watcher, which then reads everything that it has not seen
/// yet. So nothing is buffered for a slow watcher: it reads more at once.
/// </summary>
public sealed class ConversationFeed(
    ConversationLog log,
    LiveAnswers answers,
    LiveVoiceUpdates voices,
    VisitorNotices notices,
    TimeProvider clock,
    IHostApplicationLifetime lifetime) : INotificationSubscriber
{
    // Text is sent in small steps that look smooth, not token by token.
    private static readonly TimeSpan UpdateInterval = TimeSpan.FromMilliseconds(40);

    /// <summary>
    /// How long after the last update a watcher gets a keep-alive. Clients treat a connection that is silent for longer as dead.
    /// </summary>
    internal TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How often an idle watcher reads the log without a notification. This is only a safety net, because notifications are not lost while
    /// the connection is open, and all watchers read after a reconnect. Each watcher adds a random delay of up to the same length, so that
    /// they do not all read at once.
    /// </summary>
    private static readonly TimeSpan IdleReadInterval = TimeSpan.FromMinutes(10);

    private readonly ConversationSignals _signals = new();

    /// <summary>
    /// Returns the conversation's events after a position in the log, then new ones as they arrive. Ends when cancelled or when the node
    /// stops, so that clients connect to another node. The caller has checked that the conversation may be watched.
    /// </summary>
    /// <remarks>An empty update is a keep-alive.</remarks>
    public async IAsyncEnumerable<ConversationUpdate> WatchAsync(
        TenantId tenant,
        ConversationId conversation,
        int after,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var watcher = new Watcher();
        using var logChanges = _signals.Listen(conversation, watcher.WakeForLog);
        using var answerChanges = answers.OnChange(conversation, watcher.WakeForLiveUpdate);
        using var voiceChanges = voices.OnChange(conversation, watcher.WakeForLiveUpdate);
        using var noticeChanges = notices.OnChange(conversation, watcher.WakeForLiveUpdate);
        var cursors = new Dictionary<MessageId, AnswerCursor>();
        var completed = new HashSet<MessageId>();
        var lastSeq = after;
        var voiceVersion = 0L;
        var noticeVersion = 0L;
        watcher.WakeForLog();
        var logReadAt = clock.GetTimestamp();
        var idleReadInterval = IdleReadInterval * (1 + Random.Shared.NextDouble());
        while (true)
        {
            if (watcher.TakeLogChanged())
            {
                logReadAt = clock.GetTimestamp();
                IReadOnlyList<ConversationEvent> events;
                do
                {
                    // Null means that the conversation was deleted with its tenant.
                    if (await log.ReadAsync(tenant, conversation, visitor: null, lastSeq, ct) is not { } newEvents) yield break;
                    events = newEvents;
                    foreach (var entry in events)
                    {
                        lastSeq = entry.Seq;
                        notices.Ended(conversation, entry);
                        if (entry is AssistantMessage answer) completed.Add(new MessageId(answer.MessageId));
                        yield return new ConversationUpdate { Event = entry };
                    }
                }
                while (events.Count > 0);
            }

            foreach (var live in answers.Of(conversation).Where(live => !completed.Contains(live.MessageId)))
            {
                if (!cursors.TryGetValue(live.MessageId, out var cursor)) cursors.Add(live.MessageId, cursor = new AnswerCursor());
                foreach (var update in cursor.Advance(live)) yield return new ConversationUpdate { Answer = update };
            }

            foreach (var update in voices.Since(conversation, ref voiceVersion)) yield return new ConversationUpdate { Voice = update };

            if (notices.Since(conversation, ref noticeVersion) is { } presence)
                yield return new ConversationUpdate { Presence = presence };

            var woken = await watcher.WaitAsync(KeepAliveInterval, ct, lifetime.ApplicationStopping);
            if (lifetime.ApplicationStopping.IsCancellationRequested) yield break;
            if (!woken)
            {
                if (clock.GetElapsedTime(logReadAt) > idleReadInterval) watcher.WakeForLog();
                yield return new ConversationUpdate();
            }
            else if (!watcher.LogChanged)
            {
                await Task.Delay(UpdateInterval, clock, ct);
            }
        }
    }

    string INotificationSubscriber.Channel => ConversationLog.Channel;

    // While this node did not listen, it may have missed notifications, so all watchers read the log.
    void INotificationSubscriber.Connected() => _signals.RaiseAll();

    void INotificationSubscriber.Receive(string payload)
    {
        var parts = payload.Split(':');
        if (parts.Length == 3 && Guid.TryParse(parts[1], out var conversation)) _signals.Raise(new ConversationId(conversation));
    }

    private sealed class Watcher : IDisposable
    {
        private readonly SemaphoreSlim _woken = new(0);
        private int _logChanged;

        public bool LogChanged => Volatile.Read(ref _logChanged) != 0;

        public void WakeForLog()
        {
            Interlocked.Exchange(ref _logChanged, 1);
            Wake();
        }

        public void WakeForLiveUpdate() => Wake();

        public bool TakeLogChanged() => Interlocked.Exchange(ref _logChanged, 0) != 0;

        /// <summary>Returns false if the watcher was not woken within the timeout, or if the node stops.</summary>
        public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken ct, CancellationToken stopping)
        {
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
            try
            {
                if (!await _woken.WaitAsync(timeout, linked.Token)) return false;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return false;
            }

            while (_woken.Wait(0, CancellationToken.None))
            {
                // Several wake-ups count as one.
            }

            return true;
        }

        public void Dispose() => _woken.Dispose();

        private void Wake()
        {
            try
            {
                if (_woken.CurrentCount == 0) _woken.Release();
            }
            catch (ObjectDisposedException)
            {
                // The watcher was disposed of in the meantime.
            }
        }
    }
}
