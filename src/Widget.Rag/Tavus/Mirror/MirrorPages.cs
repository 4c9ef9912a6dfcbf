using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>
/// Fetches and indexes the pages of a Tavus document. Stores their validators, so that an unchanged page costs one conditional request.
/// </summary>
public sealed class MirrorPages(TenantDatabase database, PageFetcher fetcher, HostQueue hosts, DocumentReader reader, TimeProvider clock)
{
    /// <summary>Maximum number of passages in one tenant's mirror. More would make searches slow.</summary>
    public const int MaxPassages = 10_000;

    // Pages that are not read within this time are retried later, like pages that failed.
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(5);

    private const string TooSlow = "Its pages take too long to read. The rest will be retried later.";
    private const string NotText =
        "It is an image or a recording, and the mirror contains only text. Add it to your own knowledge to make it searchable.";

    /// <param name="lease">The worker's lease.</param>
    /// <param name="document">The document.</param>
    /// <param name="all">Whether to fetch all pages, or only those that failed before.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <returns>The message of the first error; null when all pages were read.</returns>
    internal async Task<string?> SyncAsync(MirrorLease lease, RemoteDocument document, bool all, CancellationToken ct)
    {
        var addresses = document.Addresses(MirrorSync.MaxPages);
        var known = await RemoveAsync(lease, document.Id, addresses, ct);
        var errors = new List<string>();
        var began = clock.GetTimestamp();
        foreach (var address in addresses)
        {
            var page = known.GetValueOrDefault(address);
            if (!all && page is { Error: null, ContentHash: not null }) continue;
            string? error = TooSlow;
            if (clock.GetElapsedTime(began) > MaxTime) await SaveErrorAsync(lease, document.Id, address, TooSlow, ct);
            else error = await SyncAsync(lease, document, address, page, ct);
            if (error is not null) errors.Add(error);
        }

        return errors.Count switch
        {
            0 => null,
            1 => errors[0],
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{errors[0]} ({errors.Count} of its {addresses.Count} pages could not be read.)"),
        };
    }

    /// <summary>Removes pages that no longer belong to the document.</summary>
    /// <returns>The remaining pages by address.</returns>
    internal async Task<Dictionary<string, MirroredPage>> RemoveAsync(
        MirrorLease lease,
        string documentId,
        IReadOnlyList<string> keep,
        CancellationToken ct)
    {
        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        var gone = db.TavusPages.Where(row => row.DocumentId == documentId && !keep.Contains(row.Address));
        if (await gone.ExecuteDeleteAsync(ct) > 0) await MirrorWriter.CountAsync(db, ct);
        var known = await db.TavusPages
            .AsNoTracking()
            .Where(row => row.DocumentId == documentId)
            .ToDictionaryAsync(row => row.Address, StringComparer.Ordinal, ct);
        await db.CommitAsync(ct);
        return known;
    }

    private async Task<string?> SyncAsync(
        MirrorLease lease,
        RemoteDocument document,
        string address,
        MirroredPage? known,
        CancellationToken ct)
    {
        try
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
                throw new IngestionFailureException($"{address} is not a valid web address.");
            // Pages of a crawl have their own titles. A single page gets the document's name.
            var description = new DocumentDescription
            {
                Url = address,
                Title = document.CrawledUrls.Count == 0 && document.Name.Length > 0 ? document.Name : null,
            };
            var reading = DocumentReader.HashSettings(description);
            var current = known is { ContentHash: not null } && known.Reading.AsSpan().SequenceEqual(reading) ? known : null;
            FetchedPage fetched;
            using (await hosts.EnterAsync(uri.Authority, delay: null, ct))
                fetched = await fetcher.FetchAsync(
                    new FetchRequest(uri) { ETag = current?.Etag, LastModified = current?.LastModified },
                    ct);
            if (fetched.Document is not { } raw)
            {
                await SaveErrorAsync(lease, document.Id, address, error: null, ct);
                return null;
            }

            raw = raw with
            {
                MediaType = ContentSniffing.Recognise(
                    raw.Content.Span,
                    MediaTypes.OfPage(raw.Address ?? uri, raw.MediaType) ?? raw.MediaType),
            };
            if (MediaTypes.IsImage(raw.MediaType) || MediaTypes.IsAudioOrVideo(raw.MediaType)) throw new IngestionFailureException(NotText);
            var unchanged = current?.ContentHash.AsSpan().SequenceEqual(DocumentReader.Hash(raw, description)) == true;
            var prepared = unchanged ? null : (await reader.ReadAsync(address, raw, description, ct)).Document;
            await StoreAsync(lease, document.Id, address, fetched, reading, prepared, ct);
            return null;
        }
        catch (IngestionFailureException e)
        {
            // Tavus keeps answering from its copy of a page that no longer exists, so the mirrored page stays too.
            await SaveErrorAsync(lease, document.Id, address, e.Message, ct);
            return e.Message;
        }
    }

    /// <param name="lease">The worker's lease.</param>
    /// <param name="documentId">Tavus's id.</param>
    /// <param name="address">The page's address.</param>
    /// <param name="fetched">The response with its validators.</param>
    /// <param name="reading">Hash of the settings it was read with.</param>
    /// <param name="prepared">The page's passages; null when they have not changed.</param>
    /// <param name="ct">Cancels the operation.</param>
    private async Task StoreAsync(
        MirrorLease lease,
        string documentId,
        string address,
        FetchedPage fetched,
        byte[] reading,
        PreparedDocument? prepared,
        CancellationToken ct)
    {
        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        var page = await FindAsync(db, lease, documentId, address, ct);
        (
            page.Etag,
            page.LastModified,
            page.Reading,
            page.Error,
            page.FetchedAt) = (fetched.ETag, fetched.LastModified, reading, null, clock.GetUtcNow());
        if (prepared is not null)
        {
            var others = await db.TavusPassages.CountAsync(row => row.DocumentId != documentId || row.Address != address, ct);
            if (others + prepared.Passages.Count > MaxPassages)
                throw new IngestionFailureException(
                    string.Create(CultureInfo.InvariantCulture, $"The mirror is full. It can contain at most {MaxPassages:N0} passages."));
            (page.Title, page.Language, page.ContentHash) = (prepared.Title, prepared.Language, prepared.ContentHash);
            await db.SaveChangesAsync(ct);
            await MirrorWriter.ReplaceAsync(db, documentId, address, prepared, ct);
            await MirrorWriter.CountAsync(db, ct);
        }

        await db.CommitAsync(ct);
    }

    private async Task SaveErrorAsync(MirrorLease lease, string documentId, string address, string? error, CancellationToken ct)
    {
        await using var db = await MirrorWriter.BeginAsync(database, lease, ct);
        var page = await FindAsync(db, lease, documentId, address, ct);
        (page.Error, page.FetchedAt) = (error, clock.GetUtcNow());
        await db.CommitAsync(ct);
    }

    private static async Task<MirroredPage> FindAsync(
        TenantDb db,
        MirrorLease lease,
        string documentId,
        string address,
        CancellationToken ct)
    {
        if (await db.TavusPages.SingleOrDefaultAsync(row => row.DocumentId == documentId && row.Address == address, ct) is { } known)
            return known;
        var page = new MirroredPage { TenantId = lease.Tenant, DocumentId = documentId, Address = address };
        db.TavusPages.Add(page);
        return page;
    }
}
