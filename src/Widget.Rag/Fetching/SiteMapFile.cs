using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Widget.Rag.Fetching;

/// <summary>An entry of a site map, as written.</summary>
/// <param name="Location">The address; it may be relative or invalid.</param>
/// <param name="Modified">Last change of the page; null when the entry gives none.</param>
internal sealed record SiteMapEntry(string Location, DateTimeOffset? Modified);

/// <summary>
/// The content of one site map file: XML or a plain list of addresses (sitemaps.org protocol 0.9), also gzipped. Many real files are
/// damaged, so every whole entry is kept, whatever comes before or after it.
/// </summary>
/// <param name="IsIndex">Whether the entries are site maps instead of pages.</param>
/// <param name="Entries">The whole entries, in order.</param>
/// <param name="IsComplete">False when the file is damaged or cut off, so that entries may be missing.</param>
/// <param name="Invalid">Number of lines that are not addresses.</param>
internal sealed partial record SiteMapFile(bool IsIndex, IReadOnlyList<SiteMapEntry> Entries, bool IsComplete, int Invalid = 0)
{
    // In bytes, uncompressed; the protocol's own limit.
    private const int MaxBytes = 50 << 20;

    private const string IndexRoot = "sitemapindex";

    private static readonly XmlReaderSettings XmlSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = false,
    };

    /// <summary>A request that reads one byte more than a file may have, so that a longer one is known to be cut off.</summary>
    public static FetchRequest Request(Uri address) => new(address) { MaxBytes = MaxBytes + 1 };

    /// <exception cref="IngestionFailureException">The file is not a site map; the message says why.</exception>
    public static SiteMapFile Parse(Uri address, ReadOnlyMemory<byte> content)
    {
        var (bytes, isWhole) = Decompress(address, content);
        // XML does not allow anything before its declaration, but many generators write blank lines or a byte order mark there.
        var text = Decode(bytes).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        var file = text.StartsWith('<') || RootTag().IsMatch(text) ? ParseXml(address, text) : ParseList(address, text, isWhole);
        return file with { IsComplete = file.IsComplete && isWhole };
    }

    /// <summary>The address of an entry; null when it has none.</summary>
    /// <param name="map">Address of the site map, for relative addresses and for those of its site that lack a scheme.</param>
    /// <param name="location">The address as written.</param>
    public static Uri? AddressOf(Uri map, string location)
    {
        if (OwnAddress(map, location) is { } own) return own;
        if (location.StartsWith("www.", StringComparison.OrdinalIgnoreCase)) return null;
        return Uri.TryCreate(map, location, out var address) && address.Scheme is "http" or "https" ? address : null;
    }

    private static SiteMapFile ParseXml(Uri address, string text)
    {
        var document = Walk(text);
        // Some servers write comments, warnings or HTML before the site map.
        if (ElementOf(document.Root) is null && RootTag().Match(text) is { Success: true, Index: > 0 } tag)
        {
            text = text[tag.Index..];
            document = Walk(text);
        }

        if (ElementOf(document.Root) is not { } element)
        {
            throw document.Error is { } error
                ? new IngestionFailureException($"{address} is not a site map: it is not valid XML.", error)
                : new IngestionFailureException($"{address} is not a site map: its root element is <{document.Root}>.");
        }

        if (document.Error is null) return new SiteMapFile(document.Root == IndexRoot, document.Entries, IsComplete: true);
        // The parser stops at the first error, such as an unescaped ampersand. The entries after it are still found by their tags.
        var entries = FindEntries(text, element);
        if (entries.Count == 0) throw new IngestionFailureException($"{address} is not a site map: it is not valid XML.", document.Error);
        var isWhole = document.HasEnded && entries.Count <= document.Entries.Count;
        return new SiteMapFile(document.Root == IndexRoot, isWhole ? document.Entries : entries, isWhole);
    }

    private static ReadXml Walk(string text)
    {
        var document = new ReadXml();
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), XmlSettings);
            reader.MoveToContent();
            document.Root = reader.LocalName;
            if (ElementOf(document.Root) is not { } element) return document;
            reader.Read();
            while (!reader.EOF)
            {
                if (reader is { NodeType: XmlNodeType.EndElement, Depth: 0 }) document.HasEnded = true;
                if (reader.NodeType != XmlNodeType.Element || reader.LocalName != element) reader.Read();
                else if (Entry((XElement)XNode.ReadFrom(reader)) is { } entry) document.Entries.Add(entry);
            }
        }
        catch (XmlException e)
        {
            document.Error = e;
        }

        return document;
    }

    private static SiteMapEntry? Entry(XElement entry)
    {
        string? Text(string name) => entry.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value.Trim();
        return Text("loc") is { } location ? new SiteMapEntry(location, Date(Text("lastmod"))) : null;
    }

    private static List<SiteMapEntry> FindEntries(string text, string element)
    {
        // An entry ends before the next one starts. No expression below reads past the next tag, so the time is linear in the length.
        var (start, end) = element == "url" ? (PageStart(), PageEnd()) : (MapStart(), MapEnd());
        var starts = new List<int>();
        foreach (var tag in start.EnumerateMatches(text)) starts.Add(tag.Index);
        var entries = new List<SiteMapEntry>();
        for (var i = 0; i < starts.Count; i++)
        {
            var entry = text[starts[i]..(i + 1 < starts.Count ? starts[i + 1] : text.Length)];
            var close = end.Match(entry);
            if (!close.Success) continue;
            entry = entry[..close.Index];
            var location = Location().Match(entry);
            if (!location.Success) continue;
            var date = LastModified().Match(entry);
            entries.Add(new SiteMapEntry(
                System.Net.WebUtility.HtmlDecode(location.Groups["value"].Value.Trim()),
                date.Success ? Date(date.Groups["value"].Value.Trim()) : null));
        }

        return entries;
    }

    private static SiteMapFile ParseList(Uri address, string text, bool isWhole)
    {
        // The last line of a file that is cut off may be half an address.
        if (!isWhole) text = text[..(text.AsSpan().LastIndexOfAny('\r', '\n') + 1)];
        var lines = text.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) throw new IngestionFailureException($"{address} is not a site map: it is empty.");
        var entries = lines.Where(line => IsWebAddress(address, line)).Select(line => new SiteMapEntry(line, Modified: null)).ToList();
        return entries.Count > 0
            ? new SiteMapFile(IsIndex: false, entries, IsComplete: true, lines.Count(line => line[0] != '#') - entries.Count)
            : throw new IngestionFailureException($"{address} is not a site map: it is not valid XML and not a list of addresses.");
    }

    private static bool IsWebAddress(Uri map, string line) => OwnAddress(map, line) is not null
        || (Uri.TryCreate(line, UriKind.Absolute, out var address) && address.Scheme is "http" or "https");

    // "www.site.example/page" is meant as an address. By the rules for addresses it is a path, and "site.example:81" begins with a scheme.
    private static Uri? OwnAddress(Uri map, string location) =>
        location.IndexOf('.', StringComparison.Ordinal) > 0
        && Uri.TryCreate($"{map.Scheme}://{location}", UriKind.Absolute, out var address)
        && PageAddress.IsSameSite(map, address)
            ? address
            : null;

    // The name of the entries below a root element; null when the root is none of a site map.
    private static string? ElementOf(string root) => root switch
    {
        "urlset" => "url",
        IndexRoot => "sitemap",
        _ => null,
    };

    private static DateTimeOffset? Date(string? text) => DateTimeOffset.TryParse(
        text,
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out var time)
        ? time
        : null;

    private static string Decode(ReadOnlyMemory<byte> bytes)
    {
        var head = Encoding.ASCII.GetString(bytes.Span[..Math.Min(bytes.Length, 500)]);
        var declared = DeclaredEncoding().Match(head);
        return TextDecoding.Decode(bytes.Span, declared.Success ? declared.Groups["name"].Value : null);
    }

    private static (ReadOnlyMemory<byte> Bytes, bool IsWhole) Decompress(Uri address, ReadOnlyMemory<byte> content)
    {
        if (!content.Span.StartsWith<byte>([0x1F, 0x8B])) return (content, content.Length <= MaxBytes);
        using var gzip = new GZipStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        try
        {
            var buffer = new byte[64 * 1024];
            int read;
            while ((read = gzip.Read(buffer)) > 0)
            {
                inflated.Write(buffer, 0, read);
                if (inflated.Length > MaxBytes)
                    throw new IngestionFailureException($"The site map {address} is larger than {MaxBytes >> 20} MB.");
            }
        }
        catch (InvalidDataException e)
        {
            if (inflated.Length == 0) throw new IngestionFailureException($"{address} is not a site map: it is damaged.", e);
            return (inflated.ToArray(), false);
        }

        // A file that is cut off may end without an error. Its last four bytes are then not the size (RFC 1952, section 2.3.1).
        var size = content.Length < 4 ? 0 : BitConverter.ToUInt32(content.Span[^4..]);
        return (inflated.ToArray(), size == (uint)inflated.Length);
    }

    private sealed class ReadXml
    {
        public string Root { get; set; } = "";

        public List<SiteMapEntry> Entries { get; } = [];

        /// <summary>Whether the root element ends before the first error.</summary>
        public bool HasEnded { get; set; }

        public XmlException? Error { get; set; }
    }

    [GeneratedRegex("""<(?:[\w.-]+:)?(?:urlset|sitemapindex)(?=[\s/>])""", Whole, 10_000)]
    private static partial Regex RootTag();

    [GeneratedRegex("""<(?:[\w.-]+:)?url(?:\s[^<>]*)?>""", Whole, 10_000)]
    private static partial Regex PageStart();

    [GeneratedRegex("""</(?:[\w.-]+:)?url\s*>""", Whole, 10_000)]
    private static partial Regex PageEnd();

    [GeneratedRegex("""<(?:[\w.-]+:)?sitemap(?:\s[^<>]*)?>""", Whole, 10_000)]
    private static partial Regex MapStart();

    [GeneratedRegex("""</(?:[\w.-]+:)?sitemap\s*>""", Whole, 10_000)]
    private static partial Regex MapEnd();

    // Groups without backtracking: spaces could belong to several parts.
    [GeneratedRegex("""<(?:[\w.-]+:)?loc(?:\s[^<>]*)?>(?>\s*)(?><!\[CDATA\[)?(?<value>(?>[^<\]]*))(?>\]\]>)?(?>\s*)</""", Whole, 10_000)]
    private static partial Regex Location();

    [GeneratedRegex("""<(?:[\w.-]+:)?lastmod(?:\s[^<>]*)?>(?<value>[^<]*)</""", Whole, 10_000)]
    private static partial Regex LastModified();

    [GeneratedRegex("""^\W*<\?xml[^>]*?encoding\s*=\s*["'](?<name>[\w.-]+)["']""", Whole, 1_000)]
    private static partial Regex DeclaredEncoding();

    private const RegexOptions Whole = RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
}
