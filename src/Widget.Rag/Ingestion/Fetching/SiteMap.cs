using System.Globalization;
using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;

namespace Widget.Rag.Ingestion.Fetching;

/// <summary>A page that a site map names.</summary>
/// <param name="Address">Without fragment.</param>
/// <param name="Modified">When it last changed, as the site says; null when it does not say.</param>
public sealed record ListedPage(Uri Address, DateTimeOffset? Modified = null);

/// <summary>What site maps name.</summary>
/// <param name="Pages">Each once.</param>
/// <param name="Complete">Whether everything there is was read; false when a map was missing or a limit was met.</param>
public sealed record ListedPages(IReadOnlyList<ListedPage> Pages, bool Complete);

/// <summary>Reads site maps (sitemaps.org protocol 0.9), their indexes, which may nest, and gzipped ones of both.</summary>
/// <param name="fetch">Fetches a document; throws <see cref="IngestionFailureException"/> when it cannot.</param>
public sealed class SiteMap(Func<Uri, CancellationToken, Task<ReadOnlyMemory<byte>>> fetch)
{
    private const int MostMaps = 200;
    private const int DeepestIndex = 3;
    private const int LargestMap = 50 << 20; // bytes, uncompressed, as the protocol has it

    public SiteMap(PageFetcher fetcher)
        : this(async (address, ct) => (await fetcher.FetchAsync(address, ct)).Content)
    {
    }

    /// <summary>The pages a site map names that lie on its own host.</summary>
    /// <remarks>An index goes on without those of its maps that cannot be read, as long as one can.</remarks>
    /// <exception cref="IngestionFailureException">The site map cannot be fetched or is none.</exception>
    public async Task<ListedPages> ReadAsync(Uri address, int most, CancellationToken ct)
    {
        var pages = new Dictionary<Uri, ListedPage>();
        var seen = new HashSet<Uri> { address };
        var waiting = new Queue<(Uri Map, int Depth)>([(address, 0)]);
        var (complete, read) = (true, 0);
        IngestionFailureException? broken = null;
        while (waiting.TryDequeue(out var next))
        {
            if (pages.Count >= most || read >= MostMaps)
            {
                complete = false;
                break;
            }

            try
            {
                var root = await LoadAsync(next.Map, ct);
                if (root.Name.LocalName == "sitemapindex")
                {
                    foreach (var map in Entries(root, "sitemap", next.Map))
                    {
                        if (!seen.Add(map.Address)) continue;
                        if (next.Depth < DeepestIndex) waiting.Enqueue((map.Address, next.Depth + 1));
                        else complete = false;
                    }
                }
                else
                {
                    read++;
                    foreach (var page in Entries(root, "url", next.Map))
                    {
                        if (pages.Count < most) pages.TryAdd(page.Address, page);
                        else complete &= pages.ContainsKey(page.Address);
                    }
                }
            }
            catch (IngestionFailureException e)
            {
                (complete, broken) = (false, broken ?? e);
            }
        }

        if (read == 0 && broken is not null) throw broken;
        return new ListedPages([.. pages.Values], complete);
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
            throw new IngestionFailureException($"{address} is not a site map: it is not well-formed XML.", e);
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
                if (inflated.Length > LargestMap) throw new IngestionFailureException($"The site map {address} is larger than {LargestMap >> 20} MB.");
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
            if (!Uri.TryCreate(map, Text("loc"), out var location) || location.Authority != map.Authority || location.Scheme is not ("http" or "https")) continue;
            if (location.AbsoluteUri.Length > PageAddress.Longest) continue;
            DateTimeOffset? modified = DateTimeOffset.TryParse(Text("lastmod"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
                ? time
                : null;
            yield return new ListedPage(PageAddress.Normalize(location), modified);
        }
    }
}
