using System.Xml;
using System.Xml.Linq;

namespace Widget.Rag.Ingestion.Fetching;

/// <summary>Reads site maps (sitemaps.org protocol 0.9), and indexes of site maps one level deep.</summary>
public sealed class SiteMap(PageFetcher fetcher)
{
    private const int MostMaps = 50;

    /// <summary>The pages a site map names that lie on its own host, without fragments, each once.</summary>
    /// <remarks>An index goes on without those of its maps that cannot be read, as long as one can.</remarks>
    /// <exception cref="IngestionFailureException">The site map cannot be fetched or is none.</exception>
    public async Task<IReadOnlyList<Uri>> ReadAsync(Uri address, int most, CancellationToken ct)
    {
        var root = await LoadAsync(address, ct);
        var pages = new List<Uri>();
        if (root.Name.LocalName == "sitemapindex")
        {
            IngestionFailureException? broken = null;
            var read = 0;
            foreach (var map in Locations(root, "sitemap", address).Take(MostMaps))
            {
                if (pages.Count >= most) break;
                try
                {
                    pages.AddRange(Locations(await LoadAsync(map, ct), "url", map));
                    read++;
                }
                catch (IngestionFailureException e)
                {
                    broken ??= e;
                }
            }

            if (read == 0 && broken is not null) throw broken;
        }
        else if (root.Name.LocalName == "urlset")
        {
            pages.AddRange(Locations(root, "url", address));
        }
        else
        {
            throw new IngestionFailureException($"{address} is not a site map: its root element is <{root.Name.LocalName}>.");
        }

        return [.. pages.Distinct().Take(most)];
    }

    private async Task<XElement> LoadAsync(Uri address, CancellationToken ct)
    {
        var document = await fetcher.FetchAsync(address, ct);
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(document.Content.ToArray()),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, Async = true });
            return (await XDocument.LoadAsync(reader, LoadOptions.None, ct)).Root!;
        }
        catch (XmlException e)
        {
            throw new IngestionFailureException($"{address} is not a site map: it is not well-formed XML.", e);
        }
    }

    private static IEnumerable<Uri> Locations(XElement root, string element, Uri map)
    {
        foreach (var entry in root.Elements().Where(child => child.Name.LocalName == element))
        {
            var text = entry.Elements().FirstOrDefault(child => child.Name.LocalName == "loc")?.Value.Trim();
            if (Uri.TryCreate(map, text, out var location) && location.Authority == map.Authority && location.Scheme is "http" or "https" && location.AbsoluteUri.Length <= PageAddress.Longest)
                yield return PageAddress.Normalize(location);
        }
    }
}
