using Microsoft.Extensions.Logging;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion;

/// <summary>Reads an item's text and prepares its document.</summary>
internal sealed partial class ItemReader(DocumentReader reader, IngestionOptions options, TimeProvider clock, ILogger logger)
{
    // Extra time for readers that keep partial results, to finish after the time limit.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <param name="item">The item.</param>
    /// <param name="fetched">Its content, or why there is none.</param>
    /// <param name="knownHash">Hash of the stored document; null when none is stored.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task<ItemOutcome> ReadAsync(IngestionItem item, ItemOutcome fetched, byte[]? knownHash, CancellationToken ct)
    {
        if (fetched.Raw is not { } raw) return fetched;
        // Citations link to the page's canonical address.
        var description = fetched.ExternalId == item.ExternalId ? item.Document : item.Document with { Url = fetched.ExternalId };
        // An unchanged page must still be read for its links, so only unchanged imports and uploads are skipped.
        var unchanged = knownHash is not null && knownHash.AsSpan().SequenceEqual(DocumentReader.Hash(raw, description));
        if (unchanged && raw.Address is null) return fetched;
        using var limited = new CancellationTokenSource(options.DocumentTime + Grace, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, ct);
        var start = clock.GetTimestamp();
        try
        {
            var (document, links) = await reader.ReadAsync(fetched.ExternalId, raw, description, either.Token);
            IngestionTelemetry.DocumentRead(clock.GetElapsedTime(start));
            var stored = unchanged || !fetched.Index || fetched.DuplicateOf is not null ? null : document;
            return fetched with
            {
                Document = stored,
                Links = fetched.Follow ? links : [],
                Text = raw is { Address: { } address, MediaType: MediaTypes.Html } ? PageText.Of(address, document) : null,
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var seconds = options.DocumentTime.TotalSeconds;
            return fetched with { Error = $"This document took longer than {seconds:0} seconds to read. Split it into smaller documents." };
        }
        catch (IngestionFailureException e)
        {
            return fetched with { Error = e.Message };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A parser's exception on one malformed file must not stop the job's other documents.
            LogReaderFault(SanitizedException.From(e), item.TenantId, item.JobId, item.Ordinal);
            return fetched with
            {
                Error = "This document could not be read because of an internal error. The details are in the server log.",
            };
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Failed to read item {Ordinal} of ingestion job {Job} of tenant {Tenant} because of an unexpected error")]
    private partial void LogReaderFault(Exception exception, TenantId tenant, JobId job, long ordinal);
}
