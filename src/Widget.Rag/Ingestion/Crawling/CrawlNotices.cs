using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>Words for what a crawl left out, so that nothing is skipped in silence.</summary>
internal static class CrawlNotices
{
    private const int MaxNamed = 3;
    private const int MaxReasons = 5;

    /// <summary>What the site maps listed but the crawl does not read, and what is wrong with the site maps.</summary>
    public static IEnumerable<string> Of(ListedPages listed)
    {
        foreach (var problem in listed.Problems.Take(MaxNamed)) yield return $"{problem} No page is removed for missing there.";
        if (listed.Problems.Count > MaxNamed) yield return $"{listed.Problems.Count - MaxNamed} more site maps have problems.";
        if (OtherSites(listed) is { } others) yield return others;
        if (listed.Invalid > 0) yield return $"Entries of the site map without a valid address were skipped: {listed.Invalid}.";
    }

    /// <summary>What was unusual about the pages of a job that ends, and why pages failed.</summary>
    public static async Task<List<string>> OfPagesAsync(TenantDb db, IngestionJob job, CancellationToken ct)
    {
        var notices = new List<string>();
        if (!job.Complete && job.Total >= job.PageLimit)
            notices.Add($"The limit of {Count(job.PageLimit, "page", "pages")} was reached, so the site has pages that were not read.");
        await using (var findings = db.Command(
            """
            select finding, count(*)::int, min(coalesce(document ->> 'url', external_id)) from ingestion_items
            where job_id = $1 and finding is not null and state = 'ready'
            group by finding
            order by finding
            """,
            [job.Id.Value]))
        {
            await using var rows = await findings.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                notices.Add(Text(Enum.Parse<PageFinding>(rows.GetString(0), true), rows.GetInt32(1), rows.GetString(2)));
        }

        // Errors of one kind differ only in the address.
        await using var errors = db.Command(
            """
            select replace(replace(error, coalesce(document ->> 'url', external_id), '…'), external_id, '…') as reason,
                   count(*)::int, min(coalesce(document ->> 'url', external_id))
            from ingestion_items
            where job_id = $1 and state = 'failed'
            group by reason
            order by count(*) desc, reason
            limit $2
            """,
            [job.Id.Value, MaxReasons]);
        await using var groups = await errors.ExecuteReaderAsync(ct);
        while (await groups.ReadAsync(ct))
            notices.Add($"Not read: {Count(groups.GetInt32(1), "page", "pages")}, such as {groups.GetString(2)}. {groups.GetString(0)}");
        return notices;
    }

    private static string Text(PageFinding finding, int count, string example)
    {
        var pages = $"{Count(count, "page", "pages")}, such as {example}.";
        return finding switch
        {
            PageFinding.CanonicalIgnored =>
                $"Canonical address not believed: {pages} The named page has another text or was not read, so this one is stored under its "
                    + "own address.",
            PageFinding.Duplicate => $"Not stored again: {pages} The text is already stored under the canonical or final address.",
            PageFinding.LeadsAway => $"Skipped: {pages} The address leads to another site, or to a file that cannot be read.",
            PageFinding.NoIndex => $"Not stored: {pages} The page forbids indexing (noindex).",
            PageFinding.ShownAtUnknownAddresses =>
                $"Start page shown everywhere: {pages} The site also shows it at addresses that do not exist. "
                    + "Other pages with this text are not stored.",
            _ => throw new ArgumentOutOfRangeException(nameof(finding), finding, "Unknown finding."),
        };
    }

    /// <summary>How many entries belong to other sites, and which; null when none does.</summary>
    public static string? OtherSites(ListedPages listed)
    {
        if (listed.OtherSites.Count == 0) return null;
        var sites = listed.OtherSites.OrderByDescending(site => site.Value).ThenBy(site => site.Key, StringComparer.Ordinal).ToList();
        var named = string.Join(", ", sites.Take(MaxNamed).Select(site => $"{site.Value} on {site.Key}"));
        var more = sites.Count > MaxNamed ? $", and others on {sites.Count - MaxNamed} more sites" : "";
        return $"Entries of the site map that belong to other sites were skipped: {named}{more}.";
    }

    public static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";
}
