using System.Collections.Concurrent;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Asks a site for addresses besides the crawled ones, to find out whether what it sends is a page. Use one instance for each time slice.
/// </summary>
/// <param name="visit">Fetches from the site.</param>
/// <param name="reader">Reads what was fetched.</param>
/// <param name="timeLimit">Time limit of one request.</param>
/// <param name="clock">Clock for the time limit.</param>
internal sealed class SiteProbe(SiteVisit visit, DocumentReader reader, TimeSpan timeLimit, TimeProvider clock)
{
    // So that a site with a folder for each page is not asked twice as often.
    private const int MaxFolders = 100;

    private readonly ConcurrentDictionary<Uri, Task<PageText?>> _missingPages = new();

    /// <summary>
    /// The text that the site shows at an address that does not exist (a "soft 404"); null when it reports an error there, as it should.
    /// </summary>
    /// <param name="folder">The folder of the address. Parts of a site may have different error pages.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <returns>Null, too, for a folder beyond a limit.</returns>
    public Task<PageText?> MissingPageAsync(Uri folder, CancellationToken ct) =>
        _missingPages.Count >= MaxFolders && !_missingPages.ContainsKey(folder)
            ? Task.FromResult<PageText?>(null)
            : _missingPages.GetOrAdd(folder, _ => AskAsync(folder, ct));

    /// <summary>Like <see cref="MissingPageAsync"/>, but asks again: what was true a moment ago may have changed.</summary>
    public Task<PageText?> AskForMissingPageAsync(Uri folder, CancellationToken ct)
    {
        var missing = AskAsync(folder, ct);
        _missingPages[folder] = missing;
        return missing;
    }

    private Task<PageText?> AskAsync(Uri folder, CancellationToken ct) => ReadAsync(new Uri(folder, $"{Guid.CreateVersion7():N}"), ct);

    /// <summary>The text of a page; null when it cannot be read now.</summary>
    public async Task<PageText?> ReadAsync(Uri address, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(timeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            var raw = (await visit.FetchAsync(new FetchRequest(address), either.Token)).Document!;
            if (raw.MediaType != MediaTypes.Html) return null;
            var (document, _) = await reader.ReadAsync(address.AbsoluteUri, raw, new DocumentDescription(), either.Token);
            return PageText.Of(address, document);
        }
        catch (IngestionFailureException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
