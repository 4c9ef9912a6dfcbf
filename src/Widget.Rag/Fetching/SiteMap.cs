namespace Widget.Rag.Fetching;

/// <summary>A page listed in a site map.</summary>
/// <param name="Address">The page's address without fragment.</param>
/// <param name="Modified">Last change according to the site map; null when it gives none.</param>
public sealed record ListedPage(Uri Address, DateTimeOffset? Modified = null);

/// <summary>The pages listed in site maps.</summary>
/// <param name="Pages">Each page once.</param>
/// <param name="Complete">False when a site map could not be read or a limit was reached.</param>
public sealed record ListedPages(IReadOnlyList<ListedPage> Pages, bool Complete)
{
    /// <summary>Number of skipped entries for each other site, by its host and port.</summary>
    public IReadOnlyDictionary<string, int> OtherSites { get; init; } = new Dictionary<string, int>();

    /// <summary>Number of skipped entries without a usable address.</summary>
    public int Invalid { get; init; }

    /// <summary>The site maps that are incomplete or could not be read, each with the reason, in plain words.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}

/// <summary>
/// Reads site maps (<see cref="SiteMapFile"/>) and nested site map indexes. Use one instance for all site maps of a site: its limits apply
/// to all of them together, so that no site blocks a worker.
/// </summary>
/// <param name="fetch">Fetches a document. Throws <see cref="IngestionFailureException"/> if that fails.</param>
/// <param name="clock">Clock for the time limit.</param>
public sealed class SiteMap(Func<Uri, CancellationToken, Task<ReadOnlyMemory<byte>>> fetch, TimeProvider clock)
{
    private const int MaxMaps = 200; // tried, whether or not they can be read
    private const int MaxIndexDepth = 3;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3);

    private readonly long _start = clock.GetTimestamp();
    private readonly HashSet<Uri> _maps = [];
    private readonly HashSet<Uri> _pages = [];

    public SiteMap(PageFetcher fetcher)
        : this(async (address, ct) => (await fetcher.FetchAsync(SiteMapFile.Request(address), ct)).Document!.Content, TimeProvider.System)
    {
    }

    /// <summary>
    /// Reads the pages on the site map's own site that no earlier site map has listed. Entries with or without "www.", with http or https,
    /// are the same site; their addresses get the site map's own scheme and host.
    /// </summary>
    /// <remarks>Site maps of an index that cannot be read are skipped if at least one can.</remarks>
    /// <param name="address">Address of the site map.</param>
    /// <param name="maxPages">Maximum number of pages, including those of earlier site maps.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <exception cref="IngestionFailureException">The document cannot be fetched or is not a site map.</exception>
    public async Task<ListedPages> ReadAsync(Uri address, int maxPages, CancellationToken ct)
    {
        var left = TimeLimit - clock.GetElapsedTime(_start);
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var listing = new Listing(address);
        var waiting = new Queue<(Uri Map, int Depth)>();
        var readCount = 0;
        IngestionFailureException? firstFailure = null;
        Enqueue(address, 0);
        while (waiting.TryDequeue(out var next))
        {
            if (_pages.Count >= maxPages)
            {
                listing.Complete = false;
                break;
            }

            try
            {
                var file = SiteMapFile.Parse(next.Map, await fetch(next.Map, either.Token));
                if (!file.IsComplete)
                    listing.AddProblem($"The site map {next.Map} is damaged or cut off. Its {file.Entries.Count} whole entries were read.");
                listing.Invalid += file.Invalid;
                if (!file.IsIndex) readCount++;
                foreach (var entry in listing.OfSite(file.Entries, next.Map))
                {
                    if (file.IsIndex) Enqueue(entry.Address, next.Depth + 1);
                    else AddPage(entry);
                }
            }
            catch (IngestionFailureException e)
            {
                listing.AddProblem(e.Message);
                firstFailure ??= e;
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                var late = new IngestionFailureException(
                    $"Reading the site maps of {address.Authority} took longer than {TimeLimit.TotalMinutes:0} minutes.");
                listing.AddProblem(late.Message);
                firstFailure ??= late;
                break;
            }
        }

        if (readCount == 0 && firstFailure is not null) throw firstFailure;
        return listing.ToPages();

        void Enqueue(Uri map, int depth)
        {
            if (_maps.Contains(map)) return;
            if (depth > MaxIndexDepth || _maps.Count >= MaxMaps)
            {
                listing.Complete = false;
                return;
            }

            _maps.Add(map);
            waiting.Enqueue((map, depth));
        }

        void AddPage(ListedPage page)
        {
            if (_pages.Contains(page.Address)) return;
            if (_pages.Count >= maxPages)
            {
                listing.Complete = false;
                return;
            }

            _pages.Add(page.Address);
            listing.Pages.Add(page);
        }
    }

    // Collects the result of one call.
    private sealed class Listing(Uri site)
    {
        private readonly Dictionary<string, int> _otherSites = new(StringComparer.OrdinalIgnoreCase);
        private readonly List<string> _problems = [];

        public List<ListedPage> Pages { get; } = [];

        public bool Complete { get; set; } = true;

        public int Invalid { get; set; }

        public void AddProblem(string problem)
        {
            Complete = false;
            _problems.Add(problem);
        }

        // Counts the entries that it leaves out.
        public IEnumerable<ListedPage> OfSite(IEnumerable<SiteMapEntry> entries, Uri map)
        {
            foreach (var entry in entries)
            {
                if (SiteMapFile.AddressOf(map, entry.Location) is not { } location || location.AbsoluteUri.Length > PageAddress.MaxLength)
                    Invalid++;
                else if (!PageAddress.IsSameSite(site, location))
                    _otherSites[location.Authority] = _otherSites.GetValueOrDefault(location.Authority) + 1;
                else
                    yield return new ListedPage(PageAddress.Normalize(PageAddress.OnOriginOf(site, location)), entry.Modified);
            }
        }

        public ListedPages ToPages() => new(Pages, Complete) { OtherSites = _otherSites, Invalid = Invalid, Problems = _problems };
    }
}
