using Microsoft.EntityFrameworkCore;
using Widget.Platform.Database;
using Widget.Rag.Fetching;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

// Slow documents are found by trying: the quick lane gives each step a few seconds, and puts back what takes longer for the slow lane.
public sealed partial class JobRunner
{
    // Extra time for readers that keep partial results, to finish after the time limit.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    // Lists the site's pages and returns how many of them to fetch per batch, so that a batch finishes in time even if the site's crawl
    // delay is long. Null if listing takes too long for the quick lane.
    private async Task<int?> PrepareAsync(JobLease lease, IngestionJob job, Source source, SiteVisit visit, CancellationToken ct)
    {
        if (source.Kind != SourceKind.Site) return PageBatch;
        using var quick = new CancellationTokenSource(lease.Lane == JobLane.Quick ? _options.FetchTime : Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quick.Token, ct);
        try
        {
            if (!job.Listed) await ListAsync(lease, job, source, visit, either.Token);
            return (await visit.RobotsAsync(new Uri(source.Url), either.Token)).Delay is { } delay ? Math.Clamp((int)(_options.QuickTime / delay), 1, PageBatch) : PageBatch;
        }
        catch (Exception) when (quick.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await LeaveToSlowLaneAsync(lease, ct, evenIfDone: true);
            return null;
        }
    }

    // Hands the rest of a job to the slow lane. Returns whether there is any.
    private async Task<bool> LeaveToSlowLaneAsync(JobLease lease, CancellationToken ct, bool evenIfDone = false)
    {
        if (lease.Lane != JobLane.Quick) return false;
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (!evenIfDone && !await JobItems.AnyLeftAsync(db, lease.Job, ct)) return false;
        await lease.ConfirmAsync(db, ct);
        await db.Jobs.Where(row => row.Id == lease.Job).ExecuteUpdateAsync(set => set.SetProperty(row => row.Slow, true), ct);
        await db.CommitAsync(ct);
        return true;
    }

    // Puts back the items for which there was no time, and returns the others.
    private async Task<List<IngestionItem>> InTimeAsync(JobLease lease, List<IngestionItem> batch, Dictionary<IngestionItem, ItemOutcome> outcomes, CancellationToken ct)
    {
        var back = batch.FindAll(item => outcomes[item].IsPutBack);
        if (back.Count == 0) return batch;
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await JobItems.NoteSlowAsync(db, lease.Job, back.FindAll(item => outcomes[item].TooSlow), ct);
        await JobItems.GiveBackAsync(db, lease.Job, back, ct);
        await lease.ConfirmAsync(db, ct);
        await db.CommitAsync(ct);
        foreach (var item in back) outcomes.Remove(item);
        return batch.FindAll(outcomes.ContainsKey);
    }

    private async Task<Dictionary<IngestionItem, ItemOutcome>> EachAsync(
        JobLane lane,
        List<IngestionItem> batch,
        int parallel,
        TimeSpan quickTime,
        Func<IngestionItem, CancellationToken, Task<ItemOutcome>> step,
        CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var outcomes = new ItemOutcome[batch.Count];
        await Parallel.ForAsync(
            0,
            batch.Count,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = ct },
            async (i, token) => outcomes[i] = lane == JobLane.Quick ? await QuicklyAsync(batch[i], start, quickTime, step, token) : await step(batch[i], token));
        return batch.Zip(outcomes).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private async Task<ItemOutcome> QuicklyAsync(
        IngestionItem item, long start, TimeSpan quickTime, Func<IngestionItem, CancellationToken, Task<ItemOutcome>> step, CancellationToken ct)
    {
        var putBack = new ItemOutcome { ExternalId = item.ExternalId, IsPutBack = true };
        if (clock.GetElapsedTime(start) >= quickTime) return putBack;
        using var quick = new CancellationTokenSource(quickTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quick.Token, ct);
        try
        {
            var outcome = await step(item, either.Token);
            // A reader that was stopped may say so in its own way.
            return outcome.Error is not null && quick.IsCancellationRequested ? putBack with { TooSlow = true } : outcome;
        }
        catch (Exception) when (quick.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return putBack with { TooSlow = true };
        }
    }

    private async Task<ItemOutcome> ReadAsync(IngestionItem item, ItemOutcome fetched, byte[]? knownHash, CancellationToken ct)
    {
        if (fetched.Raw is not { } raw) return fetched;
        // The page's own name is where a reader finds it.
        var description = fetched.ExternalId == item.ExternalId ? item.Document : item.Document with { Url = fetched.ExternalId };
        // Links are needed from pages that have not changed, too, so only given documents can be skipped unread.
        var unchanged = knownHash is not null && knownHash.AsSpan().SequenceEqual(DocumentReader.Hash(raw, description));
        if (unchanged && raw.Address is null) return fetched;
        using var limited = new CancellationTokenSource(_options.DocumentTime + Grace, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, ct);
        var start = clock.GetTimestamp();
        try
        {
            var (document, links) = await reader.ReadAsync(fetched.ExternalId, raw, description, either.Token);
            IngestionTelemetry.DocumentRead(clock.GetElapsedTime(start));
            var stored = unchanged || !fetched.Index || fetched.AsideFor is not null ? null : document;
            return fetched with { Document = stored, Links = fetched.Follow ? links : [] };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return fetched with { Error = $"Reading this document took longer than {_options.DocumentTime.TotalSeconds:0} seconds and was stopped. Split it into parts." };
        }
        catch (IngestionFailureException e)
        {
            return fetched with { Error = e.Message };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A parser's exception on one malformed file must not stop the job's other documents.
            LogReaderFault(LoggedException.Of(e), item.TenantId, item.JobId, item.Ordinal);
            return fetched with { Error = "This document could not be read because of a fault of ours, which has been logged." };
        }
    }
}
