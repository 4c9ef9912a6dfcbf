using Microsoft.EntityFrameworkCore;
using Widget.Api.Configuration;
using Widget.Api.Tavus.Client;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>
/// Keeps copies of our documents at Tavus in sync. A copy is created when a document is published, replaced when it changes, and deleted
/// when it is withdrawn or no longer exists. Each copy has its publication's tag. So if the response to its creation was lost, the copy
/// is found by the tag and is not created again.
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

    /// <summary>Marks documents for publication. Copies that are up to date stay.</summary>
    public async Task PublishAsync(TenantId tenant, IReadOnlyList<DocumentVersion> documents, CancellationToken ct)
    {
        await using var db = await BeginLockedAsync(tenant, ct);
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

    /// <summary>Marks publications for removal at Tavus: the named ones, or all.</summary>
    public async Task<int> WithdrawAsync(
        TenantId tenant,
        IReadOnlyCollection<(SourceId Source, string ExternalId)>? named,
        CancellationToken ct)
    {
        await using var db = await BeginLockedAsync(tenant, ct);
        var rows = await db.Publications.ToListAsync(ct);
        var withdrawn = rows.Where(row => named is null || named.Contains((row.SourceId, row.ExternalId))).ToList();
        foreach (var row in withdrawn) row.Status = TavusPublicationStatus.Removing;
        await db.CommitAsync(ct);
        return withdrawn.Count;
    }

    /// <summary>The text of a published document; null when it is no longer published.</summary>
    public async Task<string?> ReadAsync(TenantId tenant, TavusPublicationId id, CancellationToken ct)
    {
        TavusPublication? row;
        await using (var db = await database.BeginAsync(tenant, ct))
            row = await db.Publications.AsNoTracking().SingleOrDefaultAsync(
                entry => entry.Id == id && entry.Status != TavusPublicationStatus.Removing,
                ct);
        return row is null ? null : await texts.ReadAsync(tenant, row.SourceId, row.ExternalId, ct);
    }

    /// <summary>Synchronises the copies at Tavus with the documents here.</summary>
    /// <exception cref="TavusException">The key is not accepted, or Tavus is unavailable. The next round continues.</exception>
    public async Task ReconcileAsync(TenantId tenant, TavusAccount account, AccountDocuments remote, CancellationToken ct)
    {
        var byTag = remote.Documents.SelectMany(document => document.Tags.Select(tag => (tag, document))).ToLookup(
            entry => entry.tag,
            entry => entry.document,
            StringComparer.OrdinalIgnoreCase);
        // Removals first, so that a document that cannot be published does not block them.
        foreach (var row in (await ListAsync(tenant, ct)).OrderByDescending(row => row.Status == TavusPublicationStatus.Removing))
        {
            try
            {
                await ReconcileAsync(row, account, remote, [.. byTag[AccountListing.TagOf(row.Id)]], ct);
            }
            catch (TavusException e)
            {
                row.Error = TavusMessages.Of(e);
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
        AccountDocuments remote,
        IReadOnlyList<TavusDocument> copies,
        CancellationToken ct)
    {
        var own = row.Status == TavusPublicationStatus.Removing
            ? null
            : await texts.FindAsync(row.TenantId, row.SourceId, row.ExternalId, ct);
        if (own is null)
        {
            await DeleteAsync(account, [.. copies.Select(copy => copy.Id), row.TavusDocumentId], keep: null, ct);
            await RemoveAsync(row, ct);
            return;
        }

        var copy = row.TavusDocumentId ?? (copies.Count > 0 ? copies[^1].Id : null);
        if (row.ContentHash.AsSpan().SequenceEqual(own.ContentHash) && copy is { } current)
        {
            await DeleteAsync(account, copies.Select(copy => copy.Id), keep: current, ct);
            row.TavusDocumentId = current;
            if (remote.Documents.FirstOrDefault(document => document.Id == current) is { } document)
            {
                row.Account = account.Fingerprint;
                SetStatus(row, document);
            }
            else if (remote.IsComplete && row.Account == account.Fingerprint)
            {
                (row.Status, row.Error) = (TavusPublicationStatus.Failed, "It no longer exists at Tavus. Publish it again.");
            }
            else if (remote.IsComplete)
            {
                // The copy is in the tenant's previous account.
                await CreateCopyAsync(row, own, account, ct);
                return;
            }

            await SaveAsync(row, ct);
            return;
        }

        // A document that Tavus refused is sent again only when it changes or is published again.
        if (row.Status == TavusPublicationStatus.Failed
            && row.Account == account.Fingerprint
            && row.ContentHash.AsSpan().SequenceEqual(own.ContentHash))
            return;
        await DeleteAsync(account, [.. copies.Select(copy => copy.Id), row.TavusDocumentId], keep: null, ct);
        await CreateCopyAsync(row, own, account, ct);
    }

    private async Task CreateCopyAsync(TavusPublication row, DocumentVersion own, TavusAccount account, CancellationToken ct)
    {
        (row.Title, row.ContentHash, row.TavusDocumentId, row.Account) = (own.Title, own.ContentHash, null, account.Fingerprint);
        (row.Status, row.Error) = (TavusPublicationStatus.Waiting, null);
        await SaveAsync(row, ct);
        await SendAsync(row, account, ct);
    }

    private async Task SendAsync(TavusPublication row, TavusAccount account, CancellationToken ct)
    {
        if (options.PublicAddress is not { } root)
        {
            (row.Status, row.Error) = (TavusPublicationStatus.Failed, TavusMessages.NoPublicAddress);
            await SaveAsync(row, ct);
            return;
        }

        var created = await client.CreateDocumentAsync(
            account,
            new CreateDocument
            {
                DocumentUrl = links.Create(root, row.TenantId, row.Id).AbsoluteUri,
                DocumentName = row.Title,
                Tags = [AccountListing.TagOf(row.TenantId), AccountListing.TagOf(row.Id)],
            },
            ct);
        (row.TavusDocumentId, row.PublishedAt) = (created.Id, clock.GetUtcNow());
        SetStatus(row, created);
        await SaveAsync(row, ct);
    }

    private static void SetStatus(TavusPublication row, TavusDocument document) => (row.Status, row.Error) = document.Status switch
    {
        "ready" or "recrawling" => (TavusPublicationStatus.Ready, null),
        "error" => (TavusPublicationStatus.Failed, $"Tavus could not process it: {TavusMessages.OfDocument(document.ErrorMessage)}"),
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
                // Already deleted.
            }
        }
    }

    // Nothing is written if it was withdrawn meanwhile.
    private async Task SaveAsync(TavusPublication row, CancellationToken ct)
    {
        await using var db = await BeginLockedAsync(row.TenantId, ct);
        if (await db.Publications.SingleOrDefaultAsync(entry => entry.Id == row.Id, ct) is not { } stored) return;
        (stored.Title, stored.ContentHash) = (row.Title, row.ContentHash);
        (stored.TavusDocumentId, stored.Account) = (row.TavusDocumentId, row.Account);
        (stored.Error, stored.PublishedAt) = (row.Error, row.PublishedAt);
        if (stored.Status != TavusPublicationStatus.Removing) stored.Status = row.Status;
        await db.CommitAsync(ct);
    }

    private async Task RemoveAsync(TavusPublication row, CancellationToken ct)
    {
        await using var db = await BeginLockedAsync(row.TenantId, ct);
        // A publication that was published again meanwhile is waiting, so it stays.
        await db.Publications.Where(entry => entry.Id == row.Id && entry.Status == row.Status).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    // Publishing, withdrawing and saving results exclude each other, so that a newer decision is not overwritten.
    private async Task<TenantDb> BeginLockedAsync(TenantId tenant, CancellationToken ct)
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
