using Widget.Platform.Work;
using Widget.Rag.Ingestion;

namespace Widget.Rag.Tests.Work;

/// <summary>The signal that wakes a node's workers.</summary>
public sealed class WakeUpSignalShould
{
    [Fact]
    public void Wake_each_worker_once_however_often_it_is_raised()
    {
        using var signal = new WakeUpSignal<IngestionWorker>(workers: 2);
        for (var i = 0; i < 10_000; i++) signal.Raise();

        var awake = 0;
        while (awake < 1_000 && WaitAsync().IsCompleted) awake++;

        awake.ShouldBeInRange(1, 2);
        Task WaitAsync() => signal.WaitAsync(Timeout.InfiniteTimeSpan, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
