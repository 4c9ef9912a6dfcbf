using System.Collections.Concurrent;
using Widget.Api.Conversations;

namespace Widget.Api.Speech;

/// <summary>Limits the number of streams that each visitor has open on this node.</summary>
internal sealed class SpeechStreamLimiter(SpeechOptions options)
{
    private readonly ConcurrentDictionary<VisitorId, int> _open = [];

    /// <summary>Takes a slot, which is released when it is disposed; null when the visitor has no slot left.</summary>
    public IDisposable? Open(VisitorId visitor)
    {
        if (_open.AddOrUpdate(visitor, 1, (_, count) => count + 1) <= options.MaxStreams) return new Slot(this, visitor);
        Close(visitor);
        return null;
    }

    private void Close(VisitorId visitor)
    {
        if (_open.AddOrUpdate(visitor, 0, (_, count) => count - 1) == 0) _open.TryRemove(KeyValuePair.Create(visitor, 0));
    }

    private sealed class Slot(SpeechStreamLimiter limiter, VisitorId visitor) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0) limiter.Close(visitor);
        }
    }
}
