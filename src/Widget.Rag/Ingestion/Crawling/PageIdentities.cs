using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Gives each page of a site one name, so that it is stored once however many addresses lead to it. A page that wants to be known by another
/// address takes that name; when the job has that other page anyway, this one is set aside for it. Of two pages that name each other, one stays.
/// </summary>
internal static class PageIdentities
{
    public static async Task SettleAsync(
        TenantDb db,
        IngestionJob job,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var names = outcomes.Where(pair => Renamed(pair.Key, pair.Value)).Select(pair => pair.Value.Canonical!.AbsoluteUri).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length == 0) return;
        var known = await db.Items.Where(item => item.JobId == job.Id && names.Contains(item.ExternalId))
            .ToDictionaryAsync(item => item.ExternalId, item => item.Document.AsideFor, StringComparer.Ordinal, ct);
        var favoured = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in batch)
        {
            var outcome = outcomes[item];
            if (!Renamed(item, outcome) || favoured.Contains(item.ExternalId)) continue;
            var name = outcome.Canonical!.AbsoluteUri;
            if (!known.TryGetValue(name, out var asideFor))
            {
                outcomes[item] = outcome with { ExternalId = name };
                known[name] = null;
            }
            else if (asideFor != item.ExternalId)
            {
                outcomes[item] = outcome with { AsideFor = name };
                favoured.Add(name);
            }
        }
    }

    private static bool Renamed(IngestionItem item, ItemOutcome outcome) =>
        outcome is { Raw: not null, Canonical: { } canonical } && canonical.AbsoluteUri != item.ExternalId;
}
