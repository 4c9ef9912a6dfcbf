using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Recognises answers that are not the page that was asked for, although the server reports success. Without this, a day of maintenance
/// would replace every text of the site.
/// </summary>
/// <remarks>
/// A new page is compared with what the site shows at an address that does not exist. A known page with a completely different text is also
/// compared with other pages of the site, which are fetched for this purpose:
/// <list type="bullet">
/// <item>Several pages that had different texts now show the same one: the site has a temporary problem (maintenance, a bot check).
/// Their earlier texts are kept. If a page shows the new text at a third crawl, too, while the rest of the site is normal, the text is
/// stored.</item>
/// <item>Only this page shows the text of an address that does not exist: the page is gone.</item>
/// </list>
/// </remarks>
internal static class SuspiciousPages
{
    private const int MaxWitnesses = 3;

    // A new text that other pages show, too, is held back for this many crawls.
    private const int MaxHeldVisits = 2;

    // This many new pages with one text are checked against an address that does not exist in their own folder.
    private const int ManyPages = 3;

    /// <summary>Replaces the outcomes of suspicious pages by errors.</summary>
    public static async Task CheckAsync(
        TenantDatabase database,
        JobRun run,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        if (run.Source.Kind is not (SourceKind.Site or SourceKind.Page)) return;
        var read = batch.FindAll(item => outcomes[item] is { Text: not null, Error: null });
        if (read.Count == 0) return;
        Dictionary<string, PageText> stored;
        await using (var db = await database.BeginAsync(run.Job.TenantId, ct))
            stored = await StoredTexts.ReadAsync(db, run.Source.Id, [.. read.SelectMany(item => Ids(item, outcomes[item])).Distinct()], ct);

        var unknown = read.FindAll(item => EarlierText(item, outcomes[item], stored) is null);
        await CheckNewAsync(database, run, unknown, outcomes, ct);
        var replaced = read.FindAll(
            item => EarlierText(item, outcomes[item], stored) is { } earlier && !outcomes[item].Text!.IsRelatedTo(earlier));
        if (replaced.Count > 0) await CheckReplacedAsync(database, run, replaced, outcomes, ct);
    }

    private static async Task CheckNewAsync(
        TenantDatabase database,
        JobRun run,
        List<IngestionItem> pages,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        // A person has asked for a single page, and sees what was read of it.
        if (run.Source.Kind == SourceKind.Page) return;
        foreach (var item in pages)
        {
            var (outcome, text) = (outcomes[item], outcomes[item].Text!);
            if (outcome.DuplicateOf is not null) continue;
            var isMissing = await run.Probe.MissingPageAsync(Root(text.Address), ct) is { } missing && text.IsSameAs(missing);
            if (IsHome(run, item, outcome))
            {
                // The site may show its start page at unknown addresses. That does not make the start page an error page, unless pages that
                // are stored with other texts show it, too. The start page may be stored under the address that it forwards to.
                if (isMissing)
                    outcomes[item] = OutageMarkers.AreIn(text) ? Held(item, outcome, isKnown: false)
                        : (await AskWitnessesAsync(database, run, [item], outcomes, ct)).Exists(other => other.Shows(text))
                            ? Held(item, outcome, isKnown: true)
                        : outcome with { Finding = PageFinding.ShownAtUnknownAddresses };
                continue;
            }

            if (!isMissing && Folder(text.Address) != Root(text.Address)
                && pages.Count(other => outcomes[other].Text!.IsSameAs(text)) >= ManyPages)
                isMissing = await run.Probe.MissingPageAsync(Folder(text.Address), ct) is { } inFolder && text.IsSameAs(inFolder);
            if (isMissing) outcomes[item] = Missing(item, outcome);
        }
    }

    private static async Task CheckReplacedAsync(
        TenantDatabase database,
        JobRun run,
        List<IngestionItem> pages,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var witnesses = await AskWitnessesAsync(database, run, pages, outcomes, ct);
        var missing = await run.Probe.AskForMissingPageAsync(Root(outcomes[pages[0]].Text!.Address), ct);
        Dictionary<string, (long[] Text, short Visits)> held;
        await using (var db = await database.BeginAsync(run.Job.TenantId, ct))
            held = await CrawlLedger.HeldAsync(db, run.Source.Id, [.. pages.SelectMany(item => Ids(item, outcomes[item])).Distinct()], ct);
        foreach (var item in pages)
        {
            var (outcome, text) = (outcomes[item], outcomes[item].Text!);
            var isMissing = missing is not null && text.IsSameAs(missing);
            var isShownElsewhere = witnesses.Exists(other => other.Shows(text))
                || pages.Exists(other => other != item && outcomes[other].Text!.IsSameAs(text));
            if (!isMissing && !isShownElsewhere) continue;
            // Pages that were read before this one say little: the bad day may have begun since.
            var siteIsWell = witnesses.Exists(other => other.Now is { } now && (!other.HasChanged || !now.IsSameAs(text)));
            if (!isMissing || !siteIsWell)
            {
                // A site with a single page may show it at every address. Then only its words can tell what happened.
                var hasNoOthers = witnesses.Count == 0 && !isShownElsewhere;
                if (hasNoOthers && IsHome(run, item, outcome) && !OutageMarkers.AreIn(text)) continue;
                var before = held.GetValueOrDefault(item.ExternalId, held.GetValueOrDefault(outcome.ExternalId));
                var visits = before.Text is { } earlier && text.ContainsSample(earlier) ? before.Visits : 0;
                var mayBelieve = !isMissing && !OutageMarkers.AreIn(text);
                if (mayBelieve && visits >= MaxHeldVisits && MostShowOtherTexts(witnesses, text)) continue;
                outcomes[item] = Held(item, outcome, isKnown: true, mayBelieve) with
                {
                    HeldText = text.Sample(),
                    HeldVisits = (short)Math.Min(visits + 1, short.MaxValue),
                };
            }
            else if (!IsHome(run, item, outcome))
            {
                outcomes[item] = Missing(item, outcome);
            }
        }
    }

    private static bool MostShowOtherTexts(List<Witness> witnesses, PageText text) =>
        witnesses.Count(other => other.Now?.IsSameAs(text) == false) * 2 > witnesses.Count;

    // Fetches other pages of the site again, whose earlier texts are known.
    private static async Task<List<Witness>> AskWitnessesAsync(
        TenantDatabase database,
        JobRun run,
        List<IngestionItem> except,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        List<string> pages;
        Dictionary<string, PageText> earlier;
        await using (var db = await database.BeginAsync(run.Job.TenantId, ct))
        {
            string[] ids = [.. except.SelectMany(item => Ids(item, outcomes[item]))];
            pages = await StoredTexts.OtherPagesAsync(db, run.Source, ids, MaxWitnesses, ct);
            earlier = await StoredTexts.ReadAsync(db, run.Source.Id, pages, ct);
        }

        var witnesses = new List<Witness>();
        foreach (var page in pages)
            if (earlier.TryGetValue(page, out var text)) witnesses.Add(new Witness(await run.Probe.ReadAsync(new Uri(page), ct), text));
        return witnesses;
    }

    private static ItemOutcome Missing(IngestionItem item, ItemOutcome outcome) => Failed(
        item,
        outcome,
        FetchFailure.ShownAsMissing,
        $"There is no page at {outcome.Text!.Address}: the site shows there what it shows at addresses that do not exist.");

    private static ItemOutcome Held(IngestionItem item, ItemOutcome outcome, bool isKnown, bool mayBelieve = false) => Failed(
        item,
        outcome,
        FetchFailure.SameEverywhere,
        $"{outcome.Text!.Address.Authority} shows the same text at different addresses, such as {outcome.Text.Address}"
            + (OutageMarkers.AreIn(outcome.Text) ? ". It looks like maintenance or a check for bots" : "")
            + (isKnown ? ". The earlier text is kept." : ".")
            + (mayBelieve
                ? $" If {MaxHeldVisits} crawls in a row have seen the new text and the rest of the site is well, the next one stores it."
                : " Read the site again when it is back."));

    private static ItemOutcome Failed(IngestionItem item, ItemOutcome outcome, FetchFailure failure, string error) => outcome with
    {
        ExternalId = item.ExternalId,
        Error = error,
        Failure = failure,
        Document = null,
        DuplicateOf = null,
        Finding = null,
        Links = [],
    };

    private static PageText? EarlierText(IngestionItem item, ItemOutcome outcome, Dictionary<string, PageText> stored) =>
        stored.GetValueOrDefault(item.ExternalId) ?? stored.GetValueOrDefault(outcome.ExternalId);

    private static IEnumerable<string> Ids(IngestionItem item, ItemOutcome outcome) => [item.ExternalId, outcome.ExternalId];

    private static bool IsHome(JobRun run, IngestionItem item, ItemOutcome outcome) =>
        outcome.Text!.Address.PathAndQuery == "/" || (run.Source.Kind == SourceKind.Site && item.ExternalId == run.Source.Url);

    private static Uri Root(Uri address) => new(address, "/");

    private static Uri Folder(Uri address) => new(address, "./");

    /// <summary>What another page of the site shows.</summary>
    /// <param name="Now">Its text now; null when it cannot be read.</param>
    /// <param name="Earlier">Its stored text.</param>
    private sealed record Witness(PageText? Now, PageText Earlier)
    {
        public bool HasChanged { get; } = Now?.IsRelatedTo(Earlier) == false;

        /// <summary>Whether the page shows this text instead of its own.</summary>
        public bool Shows(PageText text) => HasChanged && Now!.IsSameAs(text);
    }
}
