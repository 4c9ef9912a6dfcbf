using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace Widget.Simulators.Tavus;

public enum RoomEventKind
{
    /// <summary>An app-message from Tavus to all participants: the whole envelope.</summary>
    Message,

    /// <summary>The avatar joined the room: its video and audio start.</summary>
    ReplicaJoined,

    /// <summary>The call is over, and the room disconnects all participants.</summary>
    Ended,
}

/// <summary>An event that all participants of a room receive.</summary>
public sealed record RoomEvent(RoomEventKind Kind, JsonElement? Message = null, string? Reason = null);

/// <summary>The watchers of a room. Each has its own queue, so that none waits for another.</summary>
internal sealed class RoomWatchers
{
    private readonly Lock _lock = new();
    private readonly List<Channel<RoomEvent>> _watchers = [];
    private RoomEvent? _end;

    public IAsyncEnumerable<RoomEvent> WatchAsync(bool replicaIsIn, CancellationToken ct)
    {
        var channel = Channel.CreateUnbounded<RoomEvent>();
        if (replicaIsIn) channel.Writer.TryWrite(new RoomEvent(RoomEventKind.ReplicaJoined));
        lock (_lock)
        {
            if (_end is null) _watchers.Add(channel);
            else Close(channel);
        }

        return ReadAsync(channel, ct);
    }

    public void Tell(RoomEvent happened)
    {
        lock (_lock)
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(happened);
    }

    public void Close(string reason)
    {
        lock (_lock)
        {
            _end = new RoomEvent(RoomEventKind.Ended, Reason: reason);
            foreach (var watcher in _watchers) Close(watcher);
            _watchers.Clear();
        }
    }

    private void Close(Channel<RoomEvent> watcher)
    {
        watcher.Writer.TryWrite(_end!);
        watcher.Writer.TryComplete();
    }

    private async IAsyncEnumerable<RoomEvent> ReadAsync(Channel<RoomEvent> channel, [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            await foreach (var happened in channel.Reader.ReadAllAsync(ct)) yield return happened;
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel);
        }
    }
}
