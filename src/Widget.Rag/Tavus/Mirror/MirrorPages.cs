using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;

namespace Widget.Rag.Tavus.Mirror;

/// <summary>Fetches and indexes the pages of a document at Tavus. What they were like is remembered, so that unchanged ones cost a conditional request.</summary>
public sealed class MirrorPages(TenantDatabase database, PageFetcher fetcher, HostQueue hosts, DocumentReader reader, TimeProvider clock)
{
    /// <summary>Most passages of one tenant's mirror: more would make its searches slow.</summary>
    public const int MostPassages = 10_000;

    // What is not read by then is tried again later, as what could not be read is.
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(5);

    private const string TooSlow = "Its pages take too long to read; the rest is tried again later.";
    private const string NotText = "It is a picture or a recording, and the mirror holds text. Add it to your own knowledge to have it found.";

    /// <param name="lease">The right to do so.</param>
    /// <param name="document">Whose pages.</param>
    /// <param name="all">All of them; otherwise those that failed before.</param>
    /// <param name="ct">Ends the work.</param>
    /// <returns>What is wrong with the first that could not be had, in words; null when nothing is.</returns>
    internal async Task<string?> SyncAsync(MirrorLease lease, RemoteDocument document, bool all, CancellationToken ct)
    {
        var addresses = document.Addresses(MirrorSync.MostPages);
        var known = await RemoveAsync(lease, document.Id, addresses, ct);
        var errors = new List<string>();
        var began = clock.GetTimestamp();
        foreach (var address in addresses)
        {
            var page = known.GetValueOrDefault(address);
            if (!all && page is { Error: null, ContentHash: not null }) continue;
            string? error = TooSlow;
            if (clock.GetElapsedTime(began) > Budget) await NoteAsync(lease, document.Id, address, TooSlow, ct);
            else error = await SyncAsync(lease, document, address, page, ct);
            if (error is not null) errors.Add(error);
        }

        return errors.Count switch
        {
            0 => null,
            1 => errors[0],
            _ => string.Create(CultureInfo.InvariantCulture, $"{errors[0]} ({errors.Count} of its {addresses.Count} pages could not be read.)"),
        };
    }

    /// <summary>Takes away the pages that a document does not have any more.</summary>
    /// <returns>Those it has, by address.</returns>
    internal async Task<Dictionary<string, MirroredPage>> RemoveAsync(MirrorLease lease, string documentId, IReadOnlyList<string> keep, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        var gone = db.TavusPages.Where(row => row.DocumentId == documentId && !keep.Contains(row.Address));
        if (await gone.ExecuteDeleteAsync(ct) > 0) await MirrorWriter.CountAsync(db, ct);
        var known = await db.TavusPages.AsNoTracking().Where(row => row.DocumentId == documentId).ToDictionaryAsync(row => row.Address, StringComparer.Ordinal, ct);
        await db.CommitAsync(ct);
        return known;
    }

    private async Task<string?> SyncAsync(MirrorLease lease, RemoteDocument document, string address, MirroredPage? known, CancellationToken ct)
    {
        try
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) throw new IngestionFailureException($"{address} is not an address that can be read.");
            // Pages of a crawl have titles of their own; what stands alone is known by its name.
            var description = new DocumentDescription { Url = address, Title = document.CrawledUrls.Count == 0 && document.Name.Length > 0 ? document.Name : null };
            var reading = DocumentReader.Reading(description);
            var current = known is { ContentHash: not null } && known.Reading.AsSpan().SequenceEqual(reading) ? known : null;
            FetchedPage fetched;
            using (await hosts.EnterAsync(uri.Authority, delay: null, ct))
                fetched = await fetcher.FetchAsync(new FetchRequest(uri) { ETag = current?.Etag, LastModified = current?.LastModified }, ct);
            if (fetched.Document is not { } raw)
            {
                await NoteAsync(lease, document.Id, address, error: null, ct);
                return null;
            }

            raw = raw with { MediaType = ContentSniffing.Recognise(raw.Content.Span, MediaTypes.OfPage(raw.Address ?? uri, raw.MediaType) ?? raw.MediaType) };
            if (MediaTypes.IsImage(raw.MediaType) || MediaTypes.IsRecording(raw.MediaType)) throw new IngestionFailureException(NotText);
            var unchanged = current?.ContentHash.AsSpan().SequenceEqual(DocumentReader.Hash(raw, description)) == true;
            var prepared = unchanged ? null : (await reader.ReadAsync(address, raw, description, ct)).Document;
            await StoreAsync(lease, document.Id, address, fetched, reading, prepared, ct);
            return null;
        }
        catch (IngestionFailureException e)
        {
            // Tavus answers from what it has taken in, whatever has become of the page since, so what is mirrored of it stays.
            await NoteAsync(lease, document.Id, address, e.Message, ct);
            return e.Message;
        }
    }

    /// <param name="lease">The right to do so.</param>
    /// <param name="documentId">Tavus's.</param>
    /// <param name="address">The page's.</param>
    /// <param name="fetched">With its validators.</param>
    /// <param name="reading">How it was read.</param>
    /// <param name="prepared">What it says; null when that is as it was.</param>
    /// <param name="ct">Ends the work.</param>
    private async Task StoreAsync(MirrorLease lease, string documentId, string address, FetchedPage fetched, byte[] reading, PreparedDocument? prepared, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        var page = await FindAsync(db, lease, documentId, address, ct);
        (page.Etag, page.LastModified, page.Reading, page.Error, page.FetchedAt) = (fetched.ETag, fetched.LastModified, reading, null, clock.GetUtcNow());
        if (prepared is not null)
        {
            var others = await db.TavusPassages.CountAsync(row => row.DocumentId != documentId || row.Address != address, ct);
            if (others + prepared.Passages.Count > MostPassages)
                throw new IngestionFailureException(string.Create(CultureInfo.InvariantCulture, $"The mirror is full: it holds {MostPassages:N0} passages at most."));
            (page.Title, page.Language, page.ContentHash) = (prepared.Title, prepared.Language, prepared.ContentHash);
            await db.SaveChangesAsync(ct);
            await MirrorWriter.ReplaceAsync(db, documentId, address, prepared, ct);
            await MirrorWriter.CountAsync(db, ct);
        }

        await db.CommitAsync(ct);
    }

    private async Task NoteAsync(MirrorLease lease, string documentId, string address, string? error, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await MirrorWriter.HoldAsync(db, lease, ct);
        var page = await FindAsync(db, lease, documentId, address, ct);
        (page.Error, page.FetchedAt) = (error, clock.GetUtcNow());
        await db.CommitAsync(ct);
    }

    private static async Task<MirroredPage> FindAsync(TenantDb db, MirrorLease lease, string documentId, string address, CancellationToken ct)
    {
        if (await db.TavusPages.SingleOrDefaultAsync(row => row.DocumentId == documentId && row.Address == address, ct) is { } known) return known;
        var page = new MirroredPage { TenantId = lease.Tenant, DocumentId = documentId, Address = address };
        db.TavusPages.Add(page);
        return page;
    }
}
