namespace Widget.Rag.Tests;

/// <summary>The system clock with an adjustable offset. Timers run in real time.</summary>
internal sealed class TestClock : TimeProvider
{
    private long _ahead;

    public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _ahead);

    public override DateTimeOffset GetUtcNow() =>
        System.GetUtcNow() + TimeSpan.FromSeconds((double)Interlocked.Read(ref _ahead) / TimestampFrequency);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, (long)(time.TotalSeconds * TimestampFrequency));
}
