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
internal sealed partial record SiteMapFile(bool IsIndex, IReadOnlyList<SiteMapEntry> Entries, bool IsComplete)
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

    /// <exception cref="IngestionFailureException">The file is not a site map; the message says why.</exception>
    public static SiteMapFile Parse(Uri address, ReadOnlyMemory<byte> content)
    {
        var (bytes, isWhole) = Decompress(address, content);
        // XML does not allow anything before its declaration, but many generators write blank lines or a byte order mark there.
        var text = Decode(bytes).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        var file = text.StartsWith('<') ? ParseXml(address, text) : ParseList(address, text);
        return file with { IsComplete = file.IsComplete && isWhole };
    }

    private static SiteMapFile ParseXml(Uri address, string text)
    {
        var root = "";
        var entries = new List<SiteMapEntry>();
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), XmlSettings);
            reader.MoveToContent();
            root = reader.LocalName;
            if (ElementOf(root) is not { } element)
                throw new IngestionFailureException($"{address} is not a site map: its root element is <{root}>.");
            reader.Read();
            while (!reader.EOF)
            {
                if (reader.NodeType != XmlNodeType.Element || reader.LocalName != element) reader.Read();
                else if (Entry((XElement)XNode.ReadFrom(reader)) is { } entry) entries.Add(entry);
            }

            return new SiteMapFile(root == IndexRoot, entries, IsComplete: true);
        }
        catch (XmlException e)
        {
            // The parser stops at the first error, such as an unescaped ampersand. The entries after it are still found by their tags.
            if (ElementOf(root) is { } element) entries = FindEntries(text, element);
            if (entries.Count == 0) throw new IngestionFailureException($"{address} is not a site map: it is not valid XML.", e);
            return new SiteMapFile(root == IndexRoot, entries, IsComplete: false);
        }
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

    private static SiteMapFile ParseList(Uri address, string text)
    {
        var lines = text.Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0) throw new IngestionFailureException($"{address} is not a site map: it is empty.");
        var entries = lines.Where(IsWebAddress).Select(line => new SiteMapEntry(line, Modified: null)).ToList();
        return entries.Count > 0
            ? new SiteMapFile(IsIndex: false, entries, IsComplete: true)
            : throw new IngestionFailureException($"{address} is not a site map: it is not valid XML and not a list of addresses.");
    }

    private static bool IsWebAddress(string line) =>
        Uri.TryCreate(line, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";

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
        if (!content.Span.StartsWith<byte>([0x1F, 0x8B])) return (content, true);
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
