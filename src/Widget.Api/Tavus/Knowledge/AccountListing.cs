using System.Text;
using Widget.Api.Tavus.Client;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>The documents of an account.</summary>
/// <param name="Documents">Each once.</param>
/// <param name="IsComplete">Whether the list was seen to its end and did not change meanwhile.</param>
public sealed record AccountDocuments(IReadOnlyList<TavusDocument> Documents, bool IsComplete);

/// <summary>Lists an account's documents, and tells which are a tenant's.</summary>
public sealed class AccountListing(TavusClient client)
{
    /// <summary>Marks a document as a tenant's: <c>widget:{tenant id}</c>.</summary>
    public const string TenantTag = "widget:";

    /// <summary>Marks a document as a copy of one of ours: <c>widget-copy:{publication}</c>.</summary>
    public const string CopyTag = "widget-copy:";

    private const int PageSize = 50;
    private const int MostPages = 100;

    // What an index of addresses holds, in bytes.
    private const int LongestAddress = 2_000;

    /// <exception cref="TavusException">It could not be read; nothing is known then.</exception>
    public async Task<AccountDocuments> ReadAsync(TavusAccount account, CancellationToken ct)
    {
        var found = new Dictionary<string, TavusDocument>(StringComparer.Ordinal);
        var totals = new HashSet<int?>();
        var ended = false;
        for (var page = 0; page < MostPages; page++)
        {
            // Oldest first, so that what is added meanwhile moves nothing to another page.
            var list = await client.ListDocumentsAsync(account, new DocumentFilter { Ascending = true }, page, PageSize, ct);
            totals.Add(list.TotalCount);
            foreach (var document in list.Items) found[document.Id] = document;
            // A page of another size than was asked for may be the last or cut; only an empty one, or the count, says that there are no
            // more.
            ended = list.Items.Count == 0;
            if (ended || found.Count >= list.TotalCount) break;
        }

        return new AccountDocuments([.. found.Values], totals.Count == 1 && (totals.Single() is { } total ? total == found.Count : ended));
    }

    /// <summary>
    /// Whether a document is the tenant's. In an account of its own all are. In one that tenants share, those that bear its tag, and those
    /// that its settings name unless they bear another tenant's.
    /// </summary>
    public static bool IsOf(TavusDocument document, TenantId tenant, TenantSettings settings, bool accountIsTenants)
    {
        if (accountIsTenants || document.Tags.Contains(TagOf(tenant), StringComparer.OrdinalIgnoreCase)) return true;
        return !document.Tags.Any(tag => tag.StartsWith(TenantTag, StringComparison.OrdinalIgnoreCase))
            && (settings.TavusDocumentIds.Contains(document.Id, StringComparer.Ordinal) || document.Tags.Intersect(settings.TavusDocumentTags, StringComparer.Ordinal).Any());
    }

    /// <summary>
    /// Whether a tenant may name a tag to its avatar. In an account that tenants share, the marks of others, and those of copies, would
    /// open what is not its own.
    /// </summary>
    public static bool MayName(string tag, TenantId tenant, bool accountIsTenants)
    {
        var name = tag.Trim();
        return accountIsTenants
            || (!name.StartsWith(CopyTag, StringComparison.OrdinalIgnoreCase)
                && (!name.StartsWith(TenantTag, StringComparison.OrdinalIgnoreCase) || name.Equals(TagOf(tenant), StringComparison.OrdinalIgnoreCase)));
    }

    public static string TagOf(TenantId tenant) => $"{TenantTag}{tenant}";

    public static string TagOf(TavusPublicationId publication) => $"{CopyTag}{publication}";

    /// <summary>Whether it is a copy of a document of ours, whoever's.</summary>
    public static bool IsCopy(TavusDocument document) =>
        document.Tags.Any(tag => tag.StartsWith(CopyTag, StringComparison.OrdinalIgnoreCase));

    /// <summary>As the mirror knows documents. One without an address cannot be fetched.</summary>
    public static RemoteDocument Remote(TavusDocument document) => new(
        document.Id,
        Storable(document.Name),
        Storable(document.Url),
        Storable(document.Status))
    {
        Error = document.ErrorMessage is { } error ? Storable(error) : null,
        UpdatedAt = document.UpdatedAt?.ToString("O"),
        LastCrawledAt = document.LastCrawledAt?.ToString("O"),
        CrawledUrls = [.. document.CrawledUrls.Where(address => Encoding.UTF8.GetByteCount(address) <= LongestAddress)],
    };

    // The character of number zero is no text to PostgreSQL.
    private static string Storable(string? text) => text?.Replace("\0", "", StringComparison.Ordinal) ?? "";
}
