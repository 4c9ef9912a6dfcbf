using Widget.Rag.Ingestion;

namespace Widget.Rag.Tests.Ingestion;

/// <summary>The signal that wakes this node's ingestion workers.</summary>
public sealed class IngestionSignalShould
{
    [Fact]
    public void Wake_each_worker_once_however_often_it_is_raised()
    {
        using var signal = new IngestionSignal();
        for (var i = 0; i < 10_000; i++) signal.Raise();

        var awake = 0;
        while (awake < 1_000 && signal.WaitAsync(Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken).IsCompleted) awake++;

        awake.ShouldBeInRange(1, 2);
    }
}
