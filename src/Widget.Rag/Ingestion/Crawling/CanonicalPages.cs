using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Own;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>What has to change in a job because of its pages' canonical addresses.</summary>
internal sealed class CanonicalDecisions
{
    /// <summary>Canonical pages that the job does not have yet, with their depth.</summary>
    public List<(Uri Page, short Depth)> Added { get; } = [];

    /// <summary>Ordinals of pages that were set aside, but whose canonical page has another text. They are read again.</summary>
    public List<long> Released { get; } = [];
}

/// <summary>
/// Stores a page once if it is delivered under several addresses. A page that names another one as canonical, or that is the default
/// document of a folder (<c>/index.html</c>), is set aside if the other page has its text. Otherwise it stays under its own address: a
/// faulty template often names the home page as the canonical address of every page.
/// </summary>
internal static class CanonicalPages
{
    /// <summary>Decides about the pages of a batch that have been read. Sets <see cref="ItemOutcome.DuplicateOf"/>.</summary>
    public static async Task<CanonicalDecisions> DecideAsync(
        TenantDb db,
        JobRun run,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        CancellationToken ct)
    {
        var decisions = new CanonicalDecisions();
        if (run.Source.Kind != SourceKind.Site) return decisions;
        var claims = batch.SelectMany(item => ClaimsOf(item, outcomes[item])).ToList();
        string[] named = [.. claims.Select(claim => claim.Canonical).Distinct(StringComparer.Ordinal)];
        string[] own = [.. batch.SelectMany(item => new[] { item.ExternalId, outcomes[item].ExternalId }).Distinct(StringComparer.Ordinal)];
        var pages = await PagesAsync(db, run.Job.Id, named, ct);
        string[] targets = [.. pages.Values.Select(page => page.Target).Union(named, StringComparer.Ordinal)];
        var texts = await StoredTexts.ReadAsync(db, run.Source.Id, [.. targets.Union(own, StringComparer.Ordinal)], ct);
        foreach (var item in batch)
            if (outcomes[item] is { Text: { } text, Error: null, DuplicateOf: null } outcome) texts[outcome.ExternalId] = text;

        var canonicals = new HashSet<string>(StringComparer.Ordinal);
        foreach (var claim in claims)
        {
            // Of two pages that name each other, one stays.
            if (canonicals.Contains(claim.Item.ExternalId) || outcomes[claim.Item].DuplicateOf is not null) continue;
            var outcome = outcomes[claim.Item];
            var page = batch.Find(item => item.ExternalId == claim.Canonical) is { } mate
                ? new JobPage(outcomes[mate].DuplicateOf ?? outcomes[mate].ExternalId, outcomes[mate].Error is not null)
                : pages.GetValueOrDefault(claim.Canonical);
            var target = page?.Target ?? claim.Canonical;
            var isMutual = claims.Exists(other => other.Item.ExternalId == claim.Canonical && other.Canonical == claim.Item.ExternalId);
            switch (Judge(claim, page, texts.GetValueOrDefault(target), outcome.Text!, isMutual))
            {
                case Verdict.SetAside:
                    canonicals.Add(target);
                    outcomes[claim.Item] = outcome with
                    {
                        DuplicateOf = target,
                        Document = null,
                        Finding = PageFinding.Duplicate,
                        TextSample = outcome.Text!.Sample(),
                    };
                    if (page is null) decisions.Added.Add((new Uri(claim.Canonical), claim.Item.Depth));
                    break;
                case Verdict.Ignore:
                    outcomes[claim.Item] = outcome with { Finding = PageFinding.CanonicalIgnored };
                    break;
            }
        }

        await ReleaseAsync(db, run, batch, outcomes, texts, decisions, ct);
        return decisions;
    }

    /// <summary>
    /// Releases the pages that were set aside for a page that the job does not have, because its page limit was reached, and that is not
    /// stored either. Call it when no item is left.
    /// </summary>
    /// <returns>Whether there are any. They are read again.</returns>
    public static async Task<bool> ReleaseUnreadAsync(TenantDatabase database, JobLease lease, IngestionJob job, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await using var command = db.Command(
            """
            select item.ordinal from ingestion_items item
            where item.job_id = $1 and item.text_sample is not null and item.state = 'ready'
              and not exists (select from ingestion_items other where other.job_id = $1 and other.external_id = item.aside_for)
              and not exists (select from ingestion_items other where other.job_id = $1 and other.address = item.aside_for)
              and not exists (select from documents where source_id = $2 and external_id = item.aside_for)
            """,
            [job.Id.Value, job.SourceId.Value]);
        var unread = new List<long>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) unread.Add(rows.GetInt64(0));
        if (unread.Count == 0) return false;
        await ReleaseAsync(db, job, unread, ct);
        await lease.ConfirmAsync(db, ct);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Applies the decisions in the transaction that stores the batch, after its items have been completed.</summary>
    public static async Task ApplyAsync(TenantDb db, IngestionJob job, CanonicalDecisions decisions, CancellationToken ct)
    {
        if (decisions.Released.Count > 0) await ReleaseAsync(db, job, decisions.Released, ct);

        foreach (var level in decisions.Added.GroupBy(added => added.Depth))
        {
            ListedPage[] pages = [.. level.Select(added => new ListedPage(added.Page)).DistinctBy(page => page.Address)];
            await JobCreation.AddPagesAsync(db, job, pages, new Reading.DocumentDescription(), level.Key, ct);
        }
    }

    // Lets pages that were set aside be read again, under their own addresses.
    private static async Task ReleaseAsync(TenantDb db, IngestionJob job, List<long> ordinals, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            with released as (
              update ingestion_items
              set state = 'waiting', attempts = 0, ignores_canonical = true, text_sample = null, finding = null,
                  document = document - 'asideFor'
              where job_id = $1 and ordinal = any($2) and state = 'ready'
              returning 1
            )
            update ingestion_jobs set done = done - (select count(*) from released) where id = $1
            """,
            [job.Id.Value, ordinals.ToArray()]);
        await command.ExecuteNonQueryAsync(ct);
    }

    // A page that was set aside for one of this batch is released if that page cannot be read, leads back to it, or has another text.
    private static async Task ReleaseAsync(
        TenantDb db,
        JobRun run,
        List<IngestionItem> batch,
        Dictionary<IngestionItem, ItemOutcome> outcomes,
        Dictionary<string, PageText> texts,
        CanonicalDecisions decisions,
        CancellationToken ct)
    {
        string[] names = [.. batch.Select(item => item.ExternalId)];
        foreach (var (ordinal, page, canonical, sample) in await SetAsideAsync(db, run.Job.Id, names, ct))
        {
            var outcome = outcomes[batch.Find(item => item.ExternalId == canonical)!];
            var text = outcome.Text ?? texts.GetValueOrDefault(outcome.ExternalId);
            var isThere = outcome.Error is null && outcome.ExternalId != page && outcome.DuplicateOf != page;
            if (isThere && (!outcome.Index || text?.ContainsSample(sample) == true)) continue;
            if (isThere && outcome.Canonical?.AbsoluteUri == page) continue;
            decisions.Released.Add(ordinal);
        }
    }

    private static Verdict Judge(Claim claim, JobPage? page, PageText? canonicalText, PageText text, bool isMutual)
    {
        // Only a page that was named as canonical is read for this reason. A folder's page often does not exist.
        if (page is null && !claim.MayAdd) return Verdict.Unrelated;
        if (page?.Target == claim.Item.ExternalId) return Verdict.Unrelated;
        if (claim.IsByName)
            return page is { HasFailed: false } && canonicalText is not null && text.IsSameAs(canonicalText)
                ? Verdict.SetAside
                : Verdict.Unrelated;
        if (page is { HasFailed: true }) return Verdict.Ignore;
        return isMutual || canonicalText is null || text.IsContainedIn(canonicalText) ? Verdict.SetAside : Verdict.Ignore;
    }

    private static IEnumerable<Claim> ClaimsOf(IngestionItem item, ItemOutcome outcome)
    {
        if (outcome is not { Text: not null, Error: null, DuplicateOf: null, Index: true, FinalAddress: { } address }) yield break;
        if (outcome.Canonical is { } canonical && canonical.AbsoluteUri != item.ExternalId)
            yield return new Claim(item, canonical.AbsoluteUri, IsByName: false, MayAdd: !DiffersInSlashOnly(canonical, address));
        foreach (var same in PageAddress.SameByName(address))
            yield return new Claim(item, same.AbsoluteUri, IsByName: true, MayAdd: false);
    }

    private static bool DiffersInSlashOnly(Uri one, Uri other) =>
        one.AbsolutePath.TrimEnd('/') == other.AbsolutePath.TrimEnd('/') && one.Query == other.Query;

    /// <returns>
    /// The job's pages that were set aside for the given ones, each with its ordinal, the page it was set aside for, and a sample of its
    /// text.
    /// </returns>
    internal static async Task<List<(long Ordinal, string Page, string Canonical, long[] Sample)>> SetAsideAsync(
        TenantDb db,
        JobId job,
        string[] canonicals,
        CancellationToken ct)
    {
        // One index lookup for each page, even if the job is so new that its statistics are unknown.
        await using var command = db.Command(
            """
            select item.ordinal, item.external_id, canonical.page, item.text_sample
            from (select distinct page from unnest($2::text[]) page) canonical
            cross join lateral (
              select ordinal, external_id, text_sample from ingestion_items
              where job_id = $1 and aside_for = canonical.page and text_sample is not null and state = 'ready'
              offset 0
            ) item
            """,
            [job.Value, canonicals]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var pages = new List<(long, string, string, long[])>();
        while (await rows.ReadAsync(ct))
            pages.Add((rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetFieldValue<long[]>(3)));
        return pages;
    }

    /// <returns>The job's pages with the given names or addresses, by both.</returns>
    internal static async Task<Dictionary<string, JobPage>> PagesAsync(
        TenantDb db,
        JobId job,
        string[] addresses,
        CancellationToken ct)
    {
        var pages = new Dictionary<string, JobPage>(StringComparer.Ordinal);
        if (addresses.Length == 0) return pages;
        await using var command = db.Command(
            """
            select item.external_id, item.address, item.state, item.aside_for
            from unnest($2::text[]) named
            cross join lateral (
              select * from ingestion_items where job_id = $1 and external_id = named
              union all
              select * from ingestion_items where job_id = $1 and address = named
              offset 0
            ) item
            """,
            [job.Value, addresses]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var (externalId, duplicateOf) = (rows.GetString(0), rows.IsDBNull(3) ? null : rows.GetString(3));
            var page = new JobPage(duplicateOf ?? externalId, HasFailed: rows.GetString(2) == "failed");
            pages[externalId] = page;
            if (!rows.IsDBNull(1)) pages.TryAdd(rows.GetString(1), page);
        }

        return pages;
    }

    private enum Verdict
    {
        /// <summary>The other page is not there, or is this one.</summary>
        Unrelated,

        /// <summary>The pages have different texts; this one stays.</summary>
        Ignore,

        /// <summary>The other page has this one's text, or is still to be read.</summary>
        SetAside,
    }

    /// <summary>A page that may be the same as another one.</summary>
    /// <param name="Item">The page.</param>
    /// <param name="Canonical">The other page's address.</param>
    /// <param name="IsByName">
    /// Whether only the two names suggest it, such as <c>/</c> and <c>/index.html</c>. The page itself does not name the other one.
    /// </param>
    /// <param name="MayAdd">Whether to read the other page if the job does not have it yet.</param>
    private sealed record Claim(IngestionItem Item, string Canonical, bool IsByName, bool MayAdd);

    /// <summary>A page in the job.</summary>
    /// <param name="Target">The external id under which it is stored: its own, or that of the page for which it was set aside.</param>
    /// <param name="HasFailed">Whether it could not be read.</param>
    internal sealed record JobPage(string Target, bool HasFailed);
}
