namespace Widget.Rag.Ingestion;

/// <summary>
/// Runs a step for every item of a batch in parallel. In the quick lane a step has a time limit; items that exceed it, or for which no time
/// is left, are deferred. Whether a document is slow is known only after trying.
/// </summary>
/// <param name="parallelism">Number of items in work at once.</param>
/// <param name="quickTime">Time limit in the quick lane, for each item and for starting new ones.</param>
/// <param name="clock">Clock for the time limits.</param>
internal sealed class ParallelSteps(int parallelism, TimeSpan quickTime, TimeProvider clock)
{
    public async Task<Dictionary<IngestionItem, ItemOutcome>> RunAsync(
        JobLane lane,
        List<IngestionItem> batch,
        Func<IngestionItem, CancellationToken, Task<ItemOutcome>> step,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var outcomes = new ItemOutcome[batch.Count];
        await Parallel.ForAsync(
            0,
            batch.Count,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = ct },
            async (i, token) => outcomes[i] = lane == JobLane.Quick
                ? await RunQuicklyAsync(batch[i], start, step, token)
                : await step(batch[i], token));
        return batch.Zip(outcomes).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private async Task<ItemOutcome> RunQuicklyAsync(
        IngestionItem item,
        long start,
        Func<IngestionItem, CancellationToken, Task<ItemOutcome>> step,
        CancellationToken ct)
    {
        var deferred = new ItemOutcome { ExternalId = item.ExternalId, IsDeferred = true };
        if (clock.GetElapsedTime(start) >= quickTime) return deferred;
        using var quick = new CancellationTokenSource(quickTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quick.Token, ct);
        try
        {
            var outcome = await step(item, either.Token);
            // A reader that is stopped may report it as an error of the document.
            return outcome.Error is not null && quick.IsCancellationRequested ? deferred with { TooSlow = true } : outcome;
        }
        catch (Exception) when (quick.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return deferred with { TooSlow = true };
        }
    }
}
