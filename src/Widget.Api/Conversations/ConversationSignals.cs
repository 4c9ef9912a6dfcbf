namespace Widget.Api.Conversations;

/// <summary>Tells listeners on this node when a conversation changes.</summary>
internal sealed class ConversationSignals
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ConversationId, List<Action>> _listeners = [];

    /// <summary>Calls the callback at every <see cref="Raise"/> for the conversation, until the result is disposed.</summary>
    public IDisposable Listen(ConversationId conversation, Action callback)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue(conversation, out var callbacks)) _listeners.Add(conversation, callbacks = []);
            callbacks.Add(callback);
        }

        return new Registration(this, conversation, callback);
    }

    public void Raise(ConversationId conversation)
    {
        Action[] callbacks;
        lock (_lock) callbacks = _listeners.TryGetValue(conversation, out var found) ? [.. found] : [];
        foreach (var callback in callbacks) callback();
    }

    public void RaiseAll()
    {
        Action[] callbacks;
        lock (_lock) callbacks = [.. _listeners.Values.SelectMany(found => found)];
        foreach (var callback in callbacks) callback();
    }

    private void Remove(ConversationId conversation, Action callback)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue(conversation, out var callbacks)) return;
            callbacks.Remove(callback);
            if (callbacks.Count == 0) _listeners.Remove(conversation);
        }
    }

    private sealed class Registration(ConversationSignals owner, ConversationId conversation, Action callback) : IDisposable
    {
        public void Dispose() => owner.Remove(conversation, callback);
    }
}
