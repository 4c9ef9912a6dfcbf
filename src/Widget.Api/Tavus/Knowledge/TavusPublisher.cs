using Microsoft.EntityFrameworkCore;
using Widget.Api.Configuration;
using Widget.Api.Tavus.Client;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>
/// Keeps copies of own documents at Tavus as they are here: made when published, made anew when they change, taken away when they are gone
/// or withdrawn. Each copy bears its publication's tag, so one whose making was not heard of is found again and never made twice.
/// </summary>
public sealed class TavusPublisher(
    TenantDatabase database,
    DocumentTexts texts,
    TavusClient client,
    DocumentLinks links,
    InstallationOptions options,
    TimeProvider clock)
{
    public async Task<IReadOnlyList<TavusPublication>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Publications.AsNoTracking().OrderBy(row => row.Title).ThenBy(row => row.Id).ToListAsync(ct);
    }

    /// <summary>Notes what is to be published. What is there already, as it is, stays.</summary>
    public async Task PublishAsync(TenantId tenant, IReadOnlyList<DocumentVersion> documents, CancellationToken ct)
    {
        await using var db = await HoldAsync(tenant, ct);
        var known = await db.Publications.ToDictionaryAsync(row => (row.SourceId, row.ExternalId), ct);
        foreach (var document in documents)
        {
            if (!known.TryGetValue((document.SourceId, document.ExternalId), out var row))
            {
                db.Publications.Add(new TavusPublication
                {
                    TenantId = tenant,
                    Id = TavusPublicationId.New(),
                    SourceId = document.SourceId,
                    ExternalId = document.ExternalId,
                    Title = document.Title,
                    Status = TavusPublicationStatus.Waiting,
                });
            }
            else if (row.Status is TavusPublicationStatus.Failed or TavusPublicationStatus.Removing)
            {
                (row.Status, row.ContentHash, row.Error) = (TavusPublicationStatus.Waiting, null, null);
            }
        }

        await db.CommitAsync(ct);
    }

    /// <summary>Notes what is to be taken away at Tavus: the named ones, or all.</summary>
    public async Task<int> WithdrawAsync(
        TenantId tenant,
        IReadOnlyCollection<(SourceId Source, string ExternalId)>? named,
        CancellationToken ct)
    {
        await using var db = await HoldAsync(tenant, ct);
        var rows = await db.Publications.ToListAsync(ct);
        var leaving = rows.Where(row => named is null || named.Contains((row.SourceId, row.ExternalId))).ToList();
        foreach (var row in leaving) row.Status = TavusPublicationStatus.Removing;
        await db.CommitAsync(ct);
        return leaving.Count;
    }

    /// <summary>What a link leads to: the text of a published document; null when it is not published any more.</summary>
    public async Task<string?> ReadAsync(TenantId tenant, TavusPublicationId id, CancellationToken ct)
    {
        TavusPublication? row;
        await using (var db = await database.BeginAsync(tenant, ct))
            row = await db.Publications.AsNoTracking().SingleOrDefaultAsync(
                entry => entry.Id == id && entry.Status != TavusPublicationStatus.Removing,
                ct);
        return row is null ? null : await texts.ReadAsync(tenant, row.SourceId, row.ExternalId, ct);
    }

    /// <summary>Brings the copies at Tavus in line with the documents here.</summary>
    /// <exception cref="TavusException">The key is not accepted, or Tavus is away; what is left is done the next time.</exception>
    public async Task ReconcileAsync(TenantId tenant, TavusAccount account, AccountDocuments there, CancellationToken ct)
    {
        var byTag = there.Documents.SelectMany(document => document.Tags.Select(tag => (tag, document))).ToLookup(
            entry => entry.tag,
            entry => entry.document,
            StringComparer.OrdinalIgnoreCase);
        // What is to go goes first: nothing that cannot be made may stand in its way.
        foreach (var row in (await ListAsync(tenant, ct)).OrderByDescending(row => row.Status == TavusPublicationStatus.Removing))
        {
            try
            {
                await ReconcileAsync(row, account, there, [.. byTag[AccountListing.TagOf(row.Id)]], ct);
            }
            catch (TavusException e)
            {
                row.Error = TavusWords.Of(e);
                if (e.Fault is TavusFault.BadRequest or TavusFault.Malformed && row.Status != TavusPublicationStatus.Removing)
                    row.Status = TavusPublicationStatus.Failed;
                await SaveAsync(row, ct);
                if (e.Fault is TavusFault.BadKey or TavusFault.NoCredits or TavusFault.Temporary) throw;
            }
        }
    }

    private async Task ReconcileAsync(
        TavusPublication row,
        TavusAccount account,
        AccountDocuments there,
        IReadOnlyList<TavusDocument> copies,
        CancellationToken ct)
    {
        var own = row.Status == TavusPublicationStatus.Removing
            ? null
            : await texts.FindAsync(row.TenantId, row.SourceId, row.ExternalId, ct);
        if (own is null)
        {
            await DeleteAsync(account, [.. copies.Select(copy => copy.Id), row.TavusDocumentId], keep: null, ct);
            await ForgetAsync(row, ct);
            return;
        }

        var copy = row.TavusDocumentId ?? (copies.Count > 0 ? copies[^1].Id : null);
        if (row.ContentHash.AsSpan().SequenceEqual(own.ContentHash) && copy is { } current)
        {
            await DeleteAsync(account, copies.Select(copy => copy.Id), keep: current, ct);
            row.TavusDocumentId = current;
            if (there.Documents.FirstOrDefault(document => document.Id == current) is { } document)
            {
                row.Account = account.Fingerprint;
                Show(row, document);
            }
            else if (there.IsComplete && row.Account == account.Fingerprint)
            {
                (row.Status, row.Error) = (TavusPublicationStatus.Failed, "It is not at Tavus any more. Publish it again.");
            }
            else if (there.IsComplete)
            {
                // It is in the account that the tenant had before.
                await HandOverAsync(row, own, account, ct);
                return;
            }

            await SaveAsync(row, ct);
            return;
        }

        // What Tavus refused is not handed over again before it changes, or somebody asks for it.
        if (row.Status == TavusPublicationStatus.Failed
            && row.Account == account.Fingerprint
            && row.ContentHash.AsSpan().SequenceEqual(own.ContentHash))
            return;
        await DeleteAsync(account, [.. copies.Select(copy => copy.Id), row.TavusDocumentId], keep: null, ct);
        await HandOverAsync(row, own, account, ct);
    }

    private async Task HandOverAsync(TavusPublication row, DocumentVersion own, TavusAccount account, CancellationToken ct)
    {
        (row.Title, row.ContentHash, row.TavusDocumentId, row.Account) = (own.Title, own.ContentHash, null, account.Fingerprint);
        (row.Status, row.Error) = (TavusPublicationStatus.Waiting, null);
        await SaveAsync(row, ct);
        await CreateAsync(row, account, ct);
    }

    private async Task CreateAsync(TavusPublication row, TavusAccount account, CancellationToken ct)
    {
        if (options.PublicAddress is not { } root)
        {
            (row.Status, row.Error) = (TavusPublicationStatus.Failed, TavusWords.NoPublicAddress);
            await SaveAsync(row, ct);
            return;
        }

        var made = await client.CreateDocumentAsync(
            account,
            new CreateDocument
            {
                DocumentUrl = links.Create(root, row.TenantId, row.Id).AbsoluteUri,
                DocumentName = row.Title,
                Tags = [AccountListing.TagOf(row.TenantId), AccountListing.TagOf(row.Id)],
            },
            ct);
        (row.TavusDocumentId, row.PublishedAt) = (made.Id, clock.GetUtcNow());
        Show(row, made);
        await SaveAsync(row, ct);
    }

    private static void Show(TavusPublication row, TavusDocument document) => (row.Status, row.Error) = document.Status switch
    {
        "ready" or "recrawling" => (TavusPublicationStatus.Ready, null),
        "error" => (TavusPublicationStatus.Failed, $"Tavus could not take it in: {TavusWords.OfDocument(document.ErrorMessage)}"),
        _ => (TavusPublicationStatus.Processing, (string?)null),
    };

    private async Task DeleteAsync(TavusAccount account, IEnumerable<string?> documents, string? keep, CancellationToken ct)
    {
        foreach (var id in documents.OfType<string>().Distinct(StringComparer.Ordinal).Where(id => id != keep))
        {
            try
            {
                await client.DeleteDocumentAsync(account, id, ct);
            }
            catch (TavusException e) when (e.Fault == TavusFault.NotFound)
            {
                // Somebody was quicker.
            }
        }
    }

    // Unless it was withdrawn meanwhile.
    private async Task SaveAsync(TavusPublication row, CancellationToken ct)
    {
        await using var db = await HoldAsync(row.TenantId, ct);
        if (await db.Publications.SingleOrDefaultAsync(entry => entry.Id == row.Id, ct) is not { } stored) return;
        (stored.Title, stored.ContentHash) = (row.Title, row.ContentHash);
        (stored.TavusDocumentId, stored.Account) = (row.TavusDocumentId, row.Account);
        (stored.Error, stored.PublishedAt) = (row.Error, row.PublishedAt);
        if (stored.Status != TavusPublicationStatus.Removing) stored.Status = row.Status;
        await db.CommitAsync(ct);
    }

    private async Task ForgetAsync(TavusPublication row, CancellationToken ct)
    {
        await using var db = await HoldAsync(row.TenantId, ct);
        // One that was published again meanwhile is waiting, and keeps its place.
        await db.Publications.Where(entry => entry.Id == row.Id && entry.Status == row.Status).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    // Whoever publishes, withdraws and notes what has come of it takes turns: what one of them has decided must not be written over by
    // another who looked before.
    private async Task<TenantDb> HoldAsync(TenantId tenant, CancellationToken ct)
    {
        var db = await database.BeginAsync(tenant, ct);
        try
        {
            await db.LockAsync("publications", ct);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}
