using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// Recognises answers that are not the page that was asked for, although the server reports success. Without this, a day of maintenance
/// would replace every text of the site.
/// </summary>
/// <remarks>
/// A new page is compared with what the site shows at addresses that do not exist, in the root and in the page's folder. The answers are
/// asked for again when many new pages show one text, or when a page looks like maintenance: the bad day may have begun since. A known page
/// with a completely different text is also compared with other pages of the site, which are fetched for this purpose:
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

    // If this many new pages of a job have one text, the site is asked again what it shows at addresses that do not exist.
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
        if (run.Source.Kind != SourceKind.Page) return;
        foreach (var item in read)
            if (outcomes[item] is { Error: null, Index: false } outcome) outcomes[item] = ItemFetcher.Forbidden(outcome, item);
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
        run.NewTexts.Add(pages.Where(item => outcomes[item].DuplicateOf is null).Select(item => outcomes[item].Text!));
        var askedAgain = new HashSet<Uri>();
        foreach (var item in pages)
        {
            var (outcome, text) = (outcomes[item], outcomes[item].Text!);
            if (outcome.DuplicateOf is not null) continue;
            var looksLikeOutage = OutageMarkers.AreIn(text);
            var isMissing = await IsMissingAsync(run, text, askedAgain: null, ct);
            if (!isMissing && (looksLikeOutage || run.NewTexts.Count(text) >= ManyPages))
                isMissing = await IsMissingAsync(run, text, askedAgain, ct);
            if (IsHome(run, item, outcome))
            {
                // The site may show its start page at unknown addresses. That does not make the start page an error page, unless pages that
                // are stored with other texts show it, too. The start page may be stored under the address that it forwards to.
                if (isMissing)
                    outcomes[item] = looksLikeOutage ? Held(item, outcome, isKnown: false)
                        : (await AskWitnessesAsync(database, run, [item], outcomes, ct)).Exists(other => other.Shows(text))
                            ? Held(item, outcome, isKnown: true)
                        : outcome with { Finding = PageFinding.ShownAtUnknownAddresses };
                continue;
            }

            if (looksLikeOutage && (isMissing || run.NewTexts.IsSharedOutage(text)))
                outcomes[item] = Held(item, outcome, isKnown: false);
            else if (isMissing)
                outcomes[item] = Missing(item, outcome);
        }
    }

    // Whether the site shows a text at addresses that do not exist. With a set, asks again in each folder that is not in it.
    private static async Task<bool> IsMissingAsync(JobRun run, PageText text, HashSet<Uri>? askedAgain, CancellationToken ct)
    {
        foreach (var folder in Folders(text.Address))
        {
            var missing = askedAgain?.Add(folder) == true
                ? await run.Probe.AskForMissingPageAsync(folder, ct)
                : await run.Probe.MissingPageAsync(folder, ct);
            if (missing is not null && text.IsSameAs(missing)) return true;
        }

        return false;
    }

    private static async Task CheckReplacedAsync(
        TenantDatabase database,
        JobRun run,
        List<IngestionItem> pages,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var witnesses = await AskWitnessesAsync(database, run, pages, outcomes, ct);
        var askedAgain = new HashSet<Uri>();
        Dictionary<string, (long[] Text, short Visits)> held;
        await using (var db = await database.BeginAsync(run.Job.TenantId, ct))
            held = await CrawlLedger.HeldAsync(db, run.Source.Id, [.. pages.SelectMany(item => Ids(item, outcomes[item])).Distinct()], ct);
        foreach (var item in pages)
        {
            var (outcome, text) = (outcomes[item], outcomes[item].Text!);
            var isMissing = await IsMissingAsync(run, text, askedAgain, ct);
            var isShownElsewhere = witnesses.Exists(other => other.Shows(text))
                || pages.Exists(other => other != item && outcomes[other].Text!.IsSameAs(text));
            var isUnlikely = IsUnlikely(run, item, outcome);
            if (!isMissing && !isShownElsewhere && !isUnlikely) continue;
            // Pages that were read before this one say little: the bad day may have begun since.
            var siteIsWell = witnesses.Exists(other => other.Now is { } now && (!other.HasChanged || !now.IsSameAs(text)));
            if (!isMissing || !siteIsWell)
            {
                // A site with a single page may show it at every address. Then only its words can tell what happened.
                var hasNoOthers = witnesses.Count == 0 && !isShownElsewhere;
                if (hasNoOthers && IsHome(run, item, outcome) && !isUnlikely && !OutageMarkers.AreIn(text)) continue;
                var before = held.GetValueOrDefault(item.ExternalId, held.GetValueOrDefault(outcome.ExternalId));
                var visits = before.Text is { } earlier && text.ContainsSample(earlier) ? before.Visits : 0;
                var mayBelieve = !isMissing && !OutageMarkers.AreIn(text);
                var othersAreWell = MostShowOtherTexts(witnesses, text) || (isUnlikely && !isShownElsewhere);
                if (mayBelieve && visits >= MaxHeldVisits && othersAreWell) continue;
                outcomes[item] = (isUnlikely ? HeldAlone(item, outcome, mayBelieve) : Held(item, outcome, isKnown: true, mayBelieve)) with
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

    // Whether a single page with another text also forbids indexing or leads to another site, as maintenance and sign-in pages do.
    private static bool IsUnlikely(JobRun run, IngestionItem item, ItemOutcome outcome) => run.Source.Kind == SourceKind.Page
        && (!outcome.Index || !PageAddress.IsSameSite(new Uri(item.Document.Url!), outcome.Text!.Address));

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

    private static ItemOutcome HeldAlone(IngestionItem item, ItemOutcome outcome, bool mayBelieve) => Failed(
        item,
        outcome,
        FetchFailure.SameEverywhere,
        $"{outcome.Text!.Address} shows another text and "
            + (outcome.Index ? "is on another site" : "forbids indexing")
            + (OutageMarkers.AreIn(outcome.Text) ? ". It looks like maintenance or a check for bots" : "")
            + ". The earlier text is kept."
            + (mayBelieve
                ? $" If {MaxHeldVisits} crawls in a row have seen this, the next one believes it."
                : " Read the page again when it is back."));

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

    // Where to ask for an address that does not exist: parts of a site may have different error pages. A page may be a folder itself.
    private static IEnumerable<Uri> Folders(Uri address)
    {
        var root = new Uri(address, "/");
        yield return root;
        var folder = new Uri(address, address.AbsolutePath.EndsWith('/') ? "../" : "./");
        if (folder != root) yield return folder;
    }

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
