namespace Widget.Api.Speech.Client;

/// <summary>
/// Circuit breakers, one for each account (Nygard, "Release It!", ch. 5): after <see cref="Failures"/> temporary faults in a row nobody asks for a
/// while, so that a dead voice costs visitors no silence; the browser's goes on at once. Then a single caller tries.
/// </summary>
internal sealed class SpeechBreakers(TimeProvider clock, int capacity = 10_000)
{
    /// <summary>In a row, before it opens.</summary>
    public const int Failures = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Trouble> _troubles = [];

    /// <summary>Whether the account may be asked now.</summary>
    public bool Allows(string account)
    {
        lock (_lock)
        {
            if (!_troubles.TryGetValue(account, out var trouble) || trouble.Count < Failures) return true;
            if (clock.GetElapsedTime(trouble.Since) < trouble.Pause) return false;
            // One caller tries; if it is never heard of again, the next may after another pause.
            trouble.Since = clock.GetTimestamp();
            return true;
        }
    }

    public void Worked(string account)
    {
        lock (_lock) _troubles.Remove(account);
    }

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
            // Requests that were under way together fail together; that is one failure.
            if (trouble.Count == Failures) trouble.Pause = FirstPause;
            else if (clock.GetElapsedTime(trouble.OpenedAt) >= trouble.Pause) trouble.Pause = TimeSpan.FromTicks(Math.Min(trouble.Pause.Ticks * 2, LongestPause.Ticks));
            else return;
            trouble.OpenedAt = trouble.Since = clock.GetTimestamp();
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
