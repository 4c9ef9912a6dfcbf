using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Search;

/// <summary>Converts hits to the API's citations.</summary>
public static class HitCitations
{
    /// <summary>The document's URL with the fragment of the passage; null for a document without a URL.</summary>
    public static string? Address(Hit hit) => hit.Url is null ? null : hit.Url.Split('#')[0] + hit.Locator.Fragment;

    /// <param name="hit">The hit.</param>
    /// <param name="index">Its position, from 0; the citation's number is one higher.</param>
    public static Citation ToCitation(Hit hit, int index) => new(
        index + 1,
        hit.Title,
        Address(hit),
        [.. hit.Locator.Headings],
        hit.Locator.Page,
        hit.Text,
        hit.Origins)
    {
        Document = hit.DocumentIdentity,
    };
}
