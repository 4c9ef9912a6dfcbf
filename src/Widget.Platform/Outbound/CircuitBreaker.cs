namespace Widget.Platform.Outbound;

public enum CircuitState
{
    /// <summary>Call the service.</summary>
    Closed,

    /// <summary>The pause is over: this caller, and no other, makes a trial call.</summary>
    HalfOpen,

    /// <summary>Do not call the service yet.</summary>
    Open,
}

/// <summary>Whether a caller may call a service for an account.</summary>
/// <param name="State">The circuit's state for this caller.</param>
/// <param name="Wait">The time until the next trial call; zero unless the circuit is open.</param>
/// <param name="SinceFailure">The time since the last failure; zero when the circuit is closed.</param>
/// <param name="Reason">The reason of the last failure; null when the circuit is closed.</param>
public readonly record struct CircuitStatus(CircuitState State, TimeSpan Wait, TimeSpan SinceFailure, string? Reason);

/// <summary>
/// The circuit breaker of an outside service (Nygard, "Release It!", ch. 5), with one circuit for each account. After several failures
/// in a row the circuit opens, and for a while the service is not called. Then a single caller makes a trial call: success closes the
/// circuit, failure doubles the pause. If the caller does not report the outcome, the trial call counts as failed after another pause.
/// </summary>
/// <remarks>
/// Polly's breaker does not fit: it has one circuit for each pipeline and no bound on how many pipelines a registry keeps; it opens by the
/// failure rate of at least two calls in a time window, not at the first failure or after some in a row; and it cannot take the pause from
/// <c>Retry-After</c>.
/// </remarks>
public sealed class CircuitBreaker(BreakerSettings settings, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Circuit>> _circuits = new(StringComparer.Ordinal);

    // The account whose last failure is oldest comes first.
    private readonly LinkedList<Circuit> _byLastFailure = [];

    /// <summary>The service's name in metrics.</summary>
    public string Service => settings.Service;

    /// <summary>How many accounts have an open circuit.</summary>
    public int OpenCount
    {
        get
        {
            lock (_lock) return _byLastFailure.Count(circuit => circuit.Failures >= settings.FailureThreshold);
        }
    }

    /// <summary>
    /// Returns whether to call the service. A caller that gets <see cref="CircuitState.HalfOpen"/> must make the trial call.
    /// </summary>
    public CircuitStatus Check(string account)
    {
        lock (_lock)
        {
            if (!_circuits.TryGetValue(account, out var node) || node.Value.Failures < settings.FailureThreshold) return default;
            var circuit = node.Value;
            var sinceFailure = clock.GetElapsedTime(circuit.FailedAt);
            var wait = circuit.Pause - clock.GetElapsedTime(circuit.PausedAt);
            if (wait > TimeSpan.Zero) return new CircuitStatus(CircuitState.Open, wait, sinceFailure, circuit.Reason);
            circuit.PausedAt = clock.GetTimestamp();
            return new CircuitStatus(CircuitState.HalfOpen, TimeSpan.Zero, sinceFailure, circuit.Reason);
        }
    }

    /// <summary>Records that the service answered, even if it refused the request.</summary>
    public void RecordSuccess(string account)
    {
        lock (_lock)
        {
            if (_circuits.Remove(account, out var node)) _byLastFailure.Remove(node);
        }
    }

    /// <summary>Records that the service was unreachable, overloaded or broken.</summary>
    /// <param name="account">The account that the call was for.</param>
    /// <param name="reason">The reason, for traces.</param>
    /// <param name="firstPause">Replaces the settings' first pause for this failure.</param>
    /// <param name="retryAfter">The pause that the service asks for.</param>
    public void RecordFailure(string account, string reason = "", TimeSpan? firstPause = null, TimeSpan? retryAfter = null)
    {
        lock (_lock)
        {
            var circuit = GetOrAdd(account);
            var now = clock.GetTimestamp();
            circuit.Failures++;
            var remaining = circuit.Pause - clock.GetElapsedTime(circuit.FailedAt);
            (circuit.Reason, circuit.FailedAt, circuit.PausedAt) = (reason, now, now);
            if (circuit.Failures < settings.FailureThreshold) return;
            // Calls that were in progress together fail together. They count as one failed trial.
            if (circuit.Openings == 0 || clock.GetElapsedTime(circuit.OpenedAt) >= circuit.Pause)
            {
                circuit.Openings++;
                circuit.OpenedAt = now;
            }

            // A longer pause that another failure asked for stays.
            var pause = settings.PauseAfter(circuit.Openings, firstPause, retryAfter);
            circuit.Pause = remaining > pause ? remaining : pause;
        }
    }

    // Also makes the account the one with the latest failure.
    private Circuit GetOrAdd(string account)
    {
        if (_circuits.TryGetValue(account, out var node))
        {
            _byLastFailure.Remove(node);
            _byLastFailure.AddLast(node);
            return node.Value;
        }

        if (_circuits.Count >= settings.Capacity)
        {
            _circuits.Remove(_byLastFailure.First!.Value.Account);
            _byLastFailure.RemoveFirst();
        }

        node = _byLastFailure.AddLast(new Circuit(account));
        _circuits.Add(account, node);
        return node.Value;
    }

    private sealed class Circuit(string account)
    {
        public string Account { get; } = account;

        public int Failures { get; set; }

        /// <summary>How often the circuit has opened in a row.</summary>
        public int Openings { get; set; }

        public string Reason { get; set; } = "";

        public TimeSpan Pause { get; set; }

        public long OpenedAt { get; set; }

        public long FailedAt { get; set; }

        /// <summary>The start of the pause: the last failure or trial call.</summary>
        public long PausedAt { get; set; }
    }
}
