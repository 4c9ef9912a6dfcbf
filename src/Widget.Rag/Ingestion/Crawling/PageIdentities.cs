using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Gives each page of a site one id, so that it is stored once even if several addresses redirect to it. A page that was found at another
/// address gets that address as its id. If the job already has the page, this one becomes its duplicate.
/// </summary>
internal static class PageIdentities
{
    public static async Task AssignAsync(
        TenantDb db,
        IngestionJob job,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var names = outcomes
            .Where(pair => Renamed(pair.Key, pair.Value))
            .Select(pair => pair.Value.FinalAddress!.AbsoluteUri)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (names.Length == 0) return;
        var known = await db.Items.Where(item => item.JobId == job.Id && names.Contains(item.ExternalId))
            .ToDictionaryAsync(item => item.ExternalId, item => item.Document.DuplicateOf, StringComparer.Ordinal, ct);
        var canonicals = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in batch)
        {
            var outcome = outcomes[item];
            if (!Renamed(item, outcome) || canonicals.Contains(item.ExternalId)) continue;
            var name = outcome.FinalAddress!.AbsoluteUri;
            if (!known.TryGetValue(name, out var duplicateOf))
            {
                outcomes[item] = outcome with { ExternalId = name };
                known[name] = null;
            }
            else if (duplicateOf != item.ExternalId)
            {
                outcomes[item] = outcome with { DuplicateOf = name, Finding = PageFinding.Duplicate };
                canonicals.Add(name);
            }
        }
    }

    private static bool Renamed(IngestionItem item, ItemOutcome outcome) =>
        outcome is { Raw: not null, FinalAddress: { } address } && address.AbsoluteUri != item.ExternalId;
}
