using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Inbox;

/// <summary>
/// Lets staff follow their inbox. Notices come from any node by PostgreSQL's notifications, and say only which conversation has changed. A
/// watcher reads the conversation then, so several changes at once cost one read.
/// </summary>
internal sealed class InboxFeed(InboxQueries inbox, TimeProvider clock, IHostApplicationLifetime lifetime) : INotificationSubscriber
{
    // A watcher that falls this far behind reads the inbox again.
    private const int MaxNotices = 500;

    // Changes that belong together arrive within a moment.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<TenantId, ImmutableList<Watcher>> _watchers = [];

    /// <summary>How long after the last update a watcher gets a keep-alive.</summary>
    internal TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(20);

    string INotificationSubscriber.Channel => InboxNotice.Channel;

    /// <summary>
    /// Returns the changes of a tenant's inbox, from now on. First comes an empty update, after which nothing is missed: read the inbox
    /// then. Ends when cancelled or when the node stops.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="rep">The rep for whom unread messages are counted.</param>
    /// <param name="ct">Ends the stream.</param>
    public async IAsyncEnumerable<InboxUpdate> WatchAsync(TenantId tenant, Guid rep, [EnumeratorCancellation] CancellationToken ct)
    {
        var watcher = new Watcher();
        _watchers.AddOrUpdate(tenant, [watcher], (_, others) => others.Add(watcher));
        try
        {
            yield return new InboxUpdate();
            while (true)
            {
                if (!await WaitAsync(watcher, ct))
                {
                    if (lifetime.ApplicationStopping.IsCancellationRequested) yield break;
                    yield return new InboxUpdate();
                    continue;
                }

                await Task.Delay(Pause, clock, ct);
                if (watcher.TakeLost()) yield return new InboxUpdate { Reload = true };
                var changed = new HashSet<Guid>();
                while (watcher.Notices.Reader.TryRead(out var notice))
                {
                    if (notice.Changed) changed.Add(notice.Conversation!.Value);
                    else yield return ToUpdate(notice);
                }

                foreach (var conversation in changed)
                {
                    var id = new ConversationId(conversation);
                    if (await inbox.FindInInboxAsync(tenant, id, rep, ct) is { } item) yield return new InboxUpdate { Changed = item };
                }
            }
        }
        finally
        {
            var rest = _watchers.AddOrUpdate(tenant, [], (_, others) => others.Remove(watcher));
            if (rest.IsEmpty) _watchers.TryRemove(KeyValuePair.Create(tenant, rest));
        }
    }

    void INotificationSubscriber.Connected()
    {
        foreach (var watcher in _watchers.Values.SelectMany(watchers => watchers)) watcher.Lose();
    }

    void INotificationSubscriber.Receive(string payload)
    {
        var notice = JsonSerializer.Deserialize<InboxNotice>(payload, JsonSerializerOptions.Web)!;
        Tell(new TenantId(notice.Tenant), notice);
    }

    internal void Tell(TenantId tenant, InboxNotice notice)
    {
        foreach (var watcher in _watchers.GetValueOrDefault(tenant, []))
            if (!watcher.Notices.Writer.TryWrite(notice)) watcher.Lose();
    }

    private static InboxUpdate ToUpdate(InboxNotice notice) => new()
    {
        Presence = notice.Presence,
        Typing = notice.Typing,
        Viewers = notice.Viewers is { } reps ? new InboxViewers(notice.Conversation!.Value, reps) : null,
    };

    // False after the keep-alive interval, or if the node stops.
    private async Task<bool> WaitAsync(Watcher watcher, CancellationToken ct)
    {
        using var timer = new CancellationTokenSource(KeepAliveInterval, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token, lifetime.ApplicationStopping);
        try
        {
            return await watcher.Notices.Reader.WaitToReadAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return watcher.HasLost;
        }
    }

    private sealed class Watcher
    {
        private int _lost;

        public Channel<InboxNotice> Notices { get; } = Channel.CreateBounded<InboxNotice>(MaxNotices);

        public bool HasLost => Volatile.Read(ref _lost) != 0;

        public void Lose() => Interlocked.Exchange(ref _lost, 1);

        public bool TakeLost() => Interlocked.Exchange(ref _lost, 0) != 0;
    }
}

/// <summary>
/// Tells the watchers of the inbox about new events of conversations. Only conversations for which a person was asked are in the inbox.
/// </summary>
internal sealed class InboxEvents(InboxFeed feed) : INotificationSubscriber
{
    string INotificationSubscriber.Channel => ConversationLog.Channel;

    void INotificationSubscriber.Connected()
    {
        // The feed itself listens on the same connection.
    }

    void INotificationSubscriber.Receive(string payload)
    {
        var parts = payload.Split(':');
        if (parts.Length != 3 || !Guid.TryParse(parts[0], out var tenant) || !Guid.TryParse(parts[1], out var conversation)) return;
        feed.Tell(new TenantId(tenant), new InboxNotice { Tenant = tenant, Conversation = conversation, Changed = true });
    }
}
