using System.Text;
using Widget.Api.Tavus.Client;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>The documents of an account.</summary>
/// <param name="Documents">The documents, each once.</param>
/// <param name="IsComplete">Whether the list was read to its end and did not change meanwhile.</param>
public sealed record AccountDocuments(IReadOnlyList<TavusDocument> Documents, bool IsComplete);

/// <summary>Lists the documents of an account, and decides which of them belong to a tenant.</summary>
public sealed class AccountListing(TavusClient client)
{
    /// <summary>Prefix of the tag that marks a document as a tenant's: <c>widget:{tenant id}</c>.</summary>
    public const string TenantTag = "widget:";

    /// <summary>Prefix of the tag that marks a document as a copy of one of ours: <c>widget-copy:{publication id}</c>.</summary>
    public const string CopyTag = "widget-copy:";

    private const int PageSize = 50;
    private const int MaxPages = 100;

    // Longer addresses do not fit into the database's index.
    private const int MaxAddressBytes = 2_000;

    /// <exception cref="TavusException">A page could not be read.</exception>
    public async Task<AccountDocuments> ReadAsync(TavusAccount account, CancellationToken ct)
    {
        var found = new Dictionary<string, TavusDocument>(StringComparer.Ordinal);
        var totals = new HashSet<int?>();
        var ended = false;
        for (var page = 0; page < MaxPages; page++)
        {
            // Oldest first, so that documents added meanwhile do not move others to another page.
            var list = await client.ListDocumentsAsync(account, new DocumentFilter { Ascending = true }, page, PageSize, ct);
            totals.Add(list.TotalCount);
            foreach (var document in list.Items) found[document.Id] = document;
            // A short page can be the last one or a truncated one. Only an empty page, or the count, proves the end.
            ended = list.Items.Count == 0;
            if (ended || found.Count >= list.TotalCount) break;
        }

        return new AccountDocuments([.. found.Values], totals.Count == 1 && (totals.Single() is { } total ? total == found.Count : ended));
    }

    /// <summary>
    /// Whether a document belongs to the tenant. In the tenant's own account, all documents do. In a shared account, those with the
    /// tenant's tag do, and those that its settings name, unless they have another tenant's tag.
    /// </summary>
    public static bool IsOf(TavusDocument document, TenantId tenant, TenantSettings settings, bool accountBelongsToTenant)
    {
        if (accountBelongsToTenant || document.Tags.Contains(TagOf(tenant), StringComparer.OrdinalIgnoreCase)) return true;
        return !document.Tags.Any(tag => tag.StartsWith(TenantTag, StringComparison.OrdinalIgnoreCase))
            && (settings.TavusDocumentIds.Contains(document.Id, StringComparer.Ordinal)
                || document.Tags.Intersect(settings.TavusDocumentTags, StringComparer.Ordinal).Any());
    }

    /// <summary>
    /// Whether a tenant may give its avatar the documents with a tag. In a shared account, other tenants' tags and the tags of copies would
    /// give it other tenants' documents.
    /// </summary>
    public static bool MayName(string tag, TenantId tenant, bool accountBelongsToTenant)
    {
        var name = tag.Trim();
        return accountBelongsToTenant
            || (!name.StartsWith(CopyTag, StringComparison.OrdinalIgnoreCase)
                && (!name.StartsWith(TenantTag, StringComparison.OrdinalIgnoreCase)
                    || name.Equals(TagOf(tenant), StringComparison.OrdinalIgnoreCase)));
    }

    public static string TagOf(TenantId tenant) => $"{TenantTag}{tenant}";

    public static string TagOf(TavusPublicationId publication) => $"{CopyTag}{publication}";

    /// <summary>Whether a document is a copy of one of our documents, of any tenant.</summary>
    public static bool IsCopy(TavusDocument document) =>
        document.Tags.Any(tag => tag.StartsWith(CopyTag, StringComparison.OrdinalIgnoreCase));

    /// <summary>Converts a document for the mirror.</summary>
    public static RemoteDocument ToRemote(TavusDocument document) => new(
        document.Id,
        Storable(document.Name),
        Storable(document.Url),
        Storable(document.Status))
    {
        Error = document.ErrorMessage is { } error ? Storable(error) : null,
        UpdatedAt = document.UpdatedAt?.ToString("O"),
        LastCrawledAt = document.LastCrawledAt?.ToString("O"),
        CrawledUrls = [.. document.CrawledUrls.Where(address => Encoding.UTF8.GetByteCount(address) <= MaxAddressBytes)],
    };

    // PostgreSQL cannot store the character U+0000.
    private static string Storable(string? text) => text?.Replace("\0", "", StringComparison.Ordinal) ?? "";
}
