using System.Globalization;
using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;

namespace Widget.Rag.Fetching;

/// <summary>A page listed in a site map.</summary>
/// <param name="Address">The page's address without fragment.</param>
/// <param name="Modified">Last change according to the site map; null when it gives none.</param>
public sealed record ListedPage(Uri Address, DateTimeOffset? Modified = null);

/// <summary>The pages listed in site maps.</summary>
/// <param name="Pages">Each page once.</param>
/// <param name="Complete">False when a site map could not be read or a limit was reached.</param>
public sealed record ListedPages(IReadOnlyList<ListedPage> Pages, bool Complete);

/// <summary>
/// Reads site maps (sitemaps.org protocol 0.9) and nested site map indexes, also gzipped. Use one instance for all site maps of a site: its
/// limits apply to all of them together, so that no site blocks a worker.
/// </summary>
/// <param name="fetch">Fetches a document. Throws <see cref="IngestionFailureException"/> if that fails.</param>
/// <param name="clock">Clock for the time limit.</param>
public sealed class SiteMap(Func<Uri, CancellationToken, Task<ReadOnlyMemory<byte>>> fetch, TimeProvider clock)
{
    private const int MaxMaps = 200; // tried, whether or not they can be read
    private const int DeepestIndex = 3;
    private const int LargestMap = 50 << 20; // bytes, uncompressed, as the protocol has it
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly long _start = clock.GetTimestamp();
    private readonly HashSet<Uri> _maps = [];
    private readonly HashSet<Uri> _pages = [];

    public SiteMap(PageFetcher fetcher)
        : this(async (address, ct) => (await fetcher.FetchAsync(address, ct)).Content, TimeProvider.System)
    {
    }

    /// <summary>Reads the pages on the site map's own host that no earlier site map has listed.</summary>
    /// <remarks>Site maps of an index that cannot be read are skipped if at least one can.</remarks>
    /// <param name="address">Address of the site map.</param>
    /// <param name="most">Maximum number of pages, including those of earlier site maps.</param>
    /// <param name="ct">Cancels the operation.</param>
    /// <exception cref="IngestionFailureException">The document cannot be fetched or is not a site map.</exception>
    public async Task<ListedPages> ReadAsync(Uri address, int most, CancellationToken ct)
    {
        var left = Longest - clock.GetElapsedTime(_start);
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var pages = new List<ListedPage>();
        var waiting = new Queue<(Uri Map, int Depth)>();
        var (complete, read) = (true, 0);
        IngestionFailureException? broken = null;
        bool Meet(Uri map, int depth)
        {
            if (_maps.Contains(map)) return true;
            if (depth > DeepestIndex || _maps.Count >= MaxMaps) return false;
            _maps.Add(map);
            waiting.Enqueue((map, depth));
            return true;
        }

        complete &= Meet(address, 0);
        while (waiting.TryDequeue(out var next))
        {
            if (_pages.Count >= most)
            {
                complete = false;
                break;
            }

            try
            {
                var root = await LoadAsync(next.Map, either.Token);
                if (root.Name.LocalName == "sitemapindex")
                {
                    foreach (var map in Entries(root, "sitemap", next.Map)) complete &= Meet(map.Address, next.Depth + 1);
                }
                else
                {
                    read++;
                    foreach (var page in Entries(root, "url", next.Map))
                    {
                        if (_pages.Contains(page.Address)) continue;
                        if (_pages.Count >= most) complete = false;
                        else if (_pages.Add(page.Address)) pages.Add(page);
                    }
                }
            }
            catch (IngestionFailureException e)
            {
                (complete, broken) = (false, broken ?? e);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
            {
                (complete, broken) = (
                    false,
                    broken
                        ?? new IngestionFailureException(
                            $"Reading the site maps of {address.Authority} took longer than {Longest.TotalMinutes:0} minutes."));
                break;
            }
        }

        if (read == 0 && broken is not null) throw broken;
        return new ListedPages(pages, complete);
    }

    private async Task<XElement> LoadAsync(Uri address, CancellationToken ct)
    {
        var content = Inflate(address, await fetch(address, ct));
        XElement root;
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(content.ToArray()),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, Async = true });
            root = (await XDocument.LoadAsync(reader, LoadOptions.None, ct)).Root!;
        }
        catch (XmlException e)
        {
            throw new IngestionFailureException($"{address} is not a site map: it is not valid XML.", e);
        }

        return root.Name.LocalName is "sitemapindex" or "urlset"
            ? root
            : throw new IngestionFailureException($"{address} is not a site map: its root element is <{root.Name.LocalName}>.");
    }

    private static ReadOnlyMemory<byte> Inflate(Uri address, ReadOnlyMemory<byte> content)
    {
        if (!content.Span.StartsWith<byte>([0x1F, 0x8B])) return content;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress);
            using var inflated = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = gzip.Read(buffer)) > 0)
            {
                inflated.Write(buffer, 0, read);
                if (inflated.Length > LargestMap)
                    throw new IngestionFailureException($"The site map {address} is larger than {LargestMap >> 20} MB.");
            }

            return inflated.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new IngestionFailureException($"{address} is not a site map: it is damaged.", e);
        }
    }

    private static IEnumerable<ListedPage> Entries(XElement root, string element, Uri map)
    {
        foreach (var entry in root.Elements().Where(child => child.Name.LocalName == element))
        {
            string? Text(string name) => entry.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value.Trim();
            if (!Uri.TryCreate(map, Text("loc"), out var location)
                || location.Authority != map.Authority
                || location.Scheme is not ("http" or "https"))
                continue;
            if (location.AbsoluteUri.Length > PageAddress.Longest) continue;
            DateTimeOffset? modified = DateTimeOffset.TryParse(
                Text("lastmod"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time)
                ? time
                : null;
            yield return new ListedPage(PageAddress.Normalize(location), modified);
        }
    }
}
