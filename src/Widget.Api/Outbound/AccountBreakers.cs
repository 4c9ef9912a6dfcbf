namespace Widget.Api.Outbound;

/// <summary>
/// Circuit breakers of an outside service, one for each account (Nygard, "Release It!", ch. 5): after <see cref="Failures"/> temporary faults in a row
/// nobody asks for a while, so that a dead service costs visitors nothing but the first deadlines; then a single caller tries.
/// </summary>
/// <param name="clock">Tells the time.</param>
/// <param name="firstPause">For how long the service is left alone at first; each try that fails doubles it.</param>
/// <param name="longestPause">The longest of these.</param>
/// <param name="capacity">Most accounts that are remembered to be in trouble.</param>
public sealed class AccountBreakers(TimeProvider clock, TimeSpan firstPause, TimeSpan longestPause, int capacity = 10_000)
{
    /// <summary>In a row, before it opens.</summary>
    public const int Failures = 3;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Trouble> _troubles = [];

    /// <summary>How many accounts are left alone now.</summary>
    public int Open
    {
        get
        {
            lock (_lock) return _troubles.Values.Count(trouble => trouble.Count >= Failures);
        }
    }

    /// <summary>Null when it may be asked; otherwise how long it is left alone.</summary>
    public TimeSpan? Refusal(string account)
    {
        lock (_lock)
        {
            if (!_troubles.TryGetValue(account, out var trouble) || trouble.Count < Failures) return null;
            var left = trouble.Pause - clock.GetElapsedTime(trouble.Since);
            if (left > TimeSpan.Zero) return left;
            // One caller tries; if it is never heard of again, the next may after another pause.
            trouble.Since = clock.GetTimestamp();
            return null;
        }
    }

    /// <summary>It has answered, be it with a refusal.</summary>
    public void Worked(string account)
    {
        lock (_lock) _troubles.Remove(account);
    }

    /// <summary>It was away, busy or broken.</summary>
    public void Failed(string account)
    {
        lock (_lock)
        {
            if (!_troubles.TryGetValue(account, out var trouble))
            {
                // Only accounts in trouble take up memory. When too many are, forgetting one costs a few deadlines more.
                if (_troubles.Count >= capacity) _troubles.Remove(_troubles.Keys.First());
                _troubles.Add(account, trouble = new Trouble());
            }

            trouble.Count++;
            if (trouble.Count < Failures) return;
            // Calls that were under way together fail together; that is one failure.
            if (trouble.Count == Failures || clock.GetElapsedTime(trouble.OpenedAt) >= trouble.Pause)
            {
                trouble.Pause = trouble.Count == Failures ? firstPause : TimeSpan.FromTicks(Math.Min(trouble.Pause.Ticks * 2, longestPause.Ticks));
                trouble.OpenedAt = clock.GetTimestamp();
            }

            trouble.Since = clock.GetTimestamp();
        }
    }

    private sealed class Trouble
    {
        public int Count { get; set; }

        public TimeSpan Pause { get; set; }

        /// <summary>When the present pause was chosen.</summary>
        public long OpenedAt { get; set; }

        /// <summary>From when the pause counts: the last failure or try.</summary>
        public long Since { get; set; }
    }
}
