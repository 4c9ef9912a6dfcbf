using System.Runtime.CompilerServices;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Conversations;

/// <summary>
/// Lets any number of watchers follow a conversation: the log through PostgreSQL's notifications, which reach every node, and the answers
/// that this node is writing. Watchers are only woken; each then reads what it has not seen, so a slow watcher reads more at a time and
/// nothing is buffered for it.
/// </summary>
public sealed class ConversationFeed(
    ConversationLog log,
    LiveAnswers answers,
    LiveVoices voices,
    TimeProvider clock,
    IHostApplicationLifetime lifetime) : INotificationSubscriber
{
    // Text is sent in steps that look smooth to a reader, not token by token.
    private static readonly TimeSpan Coalescing = TimeSpan.FromMilliseconds(40);

    /// <summary>
    /// After this long without news, watchers get a keep-alive. Clients treat a connection that is silent for longer as dead.
    /// </summary>
    internal TimeSpan LongestSilence { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How often an idle watcher reads the log although no notification arrived. Notifications are not lost while the connection is open,
    /// and all watchers read after a reconnect, so this is only a safety net. Each watcher adds a random delay of up to the same length,
    /// so that they do not all read at once.
    /// </summary>
    private static readonly TimeSpan SafetyRead = TimeSpan.FromMinutes(10);

    private readonly ConversationSignals _signals = new();

    /// <summary>
    /// The conversation's events after a position in the log, then new ones as they come, until cancelled or until the node stops. Watchers
    /// do not delay a stopping node; they connect to another. The caller has checked that the conversation may be watched.
    /// </summary>
    /// <remarks>An empty update is a keep-alive.</remarks>
    public async IAsyncEnumerable<ConversationUpdate> WatchAsync(
        TenantId tenant,
        ConversationId conversation,
        int after,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var watcher = new Watcher();
        using var logging = _signals.Listen(conversation, watcher.WakeForLog);
        using var answering = answers.OnChange(conversation, watcher.WakeForAnswer);
        using var speaking = voices.OnChange(conversation, watcher.WakeForAnswer);
        var cursors = new Dictionary<MessageId, AnswerCursor>();
        var completed = new HashSet<MessageId>();
        var seen = after;
        var heard = 0L;
        watcher.WakeForLog();
        var read = clock.GetTimestamp();
        var patience = SafetyRead * (1 + Random.Shared.NextDouble());
        while (true)
        {
            if (watcher.TakeLogChanged())
            {
                read = clock.GetTimestamp();
                IReadOnlyList<ConversationEvent> events;
                do
                {
                    // The conversation was deleted, with its tenant.
                    if (await log.ReadAsync(tenant, conversation, visitor: null, seen, ct) is not { } news) yield break;
                    events = news;
                    foreach (var entry in events)
                    {
                        seen = entry.Seq;
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

            foreach (var update in voices.Since(conversation, ref heard)) yield return new ConversationUpdate { Voice = update };

            var woken = await watcher.WaitAsync(LongestSilence, ct, lifetime.ApplicationStopping);
            if (lifetime.ApplicationStopping.IsCancellationRequested) yield break;
            if (!woken)
            {
                if (clock.GetElapsedTime(read) > patience) watcher.WakeForLog();
                yield return new ConversationUpdate();
            }
            else if (!watcher.LogChanged)
            {
                await Task.Delay(Coalescing, clock, ct);
            }
        }
    }

    string INotificationSubscriber.Channel => ConversationLog.Channel;

    // Events that were announced while this node did not listen are read now.
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

        public void WakeForAnswer() => Wake();

        public bool TakeLogChanged() => Interlocked.Exchange(ref _logChanged, 0) != 0;

        /// <summary>False when nothing happened within that time, or the node stops.</summary>
        public async Task<bool> WaitAsync(TimeSpan patience, CancellationToken ct, CancellationToken stopping)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
            try
            {
                if (!await _woken.WaitAsync(patience, either.Token)) return false;
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
                // The watcher left while it was being woken.
            }
        }
    }
}
