using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Rag.Text;

namespace Widget.Rag.Ingestion.Crawling;

/// <summary>
/// The text of a page, for comparisons with other pages. Compares sets of three-word shingles (Broder 1997, "On the resemblance and
/// containment of documents").
/// </summary>
internal sealed class PageText
{
    /// <summary>Number of passages that are compared. The beginning of a long page is enough to recognise it.</summary>
    public const int MaxPassages = 100;

    // Pages with a higher resemblance show the same text.
    private const double Same = 0.8;

    // A page with a lower resemblance to its earlier text has been rewritten, or is another page.
    private const double Related = 0.5;

    // A page belongs to its canonical page if at least this share of its text is there, too. Pages with little text often share most of it
    // with the home page, such as opening hours, and differ in a price.
    private const double Contained = 0.85;

    // Fewer words are no evidence that two pages come from one template.
    private const int MinTemplateWords = 4;

    // Texts with fewer words are also compared word by word.
    private const int MinComparedWords = 10;

    // Any odd numbers.
    private static readonly long[] Orders = [-7046029254386353131, 7237128888997146477, -4417276706812531889];

    private const int ShingleWords = 3;
    private const int SampleSize = 64;

    private readonly HashSet<long> _shingles = [];
    private readonly HashSet<long> _template = [];
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly List<string[]> _passages = [];
    private readonly string[] _titleWords;
    private readonly int _templateWords;

    /// <param name="address">The page's address. A page for unknown addresses often repeats it, so its words do not count there.</param>
    /// <param name="passages">The page's passages. Their headings count, too.</param>
    /// <param name="title">The page's title. Only <see cref="ContainsPhrase"/> uses it.</param>
    public PageText(Uri address, IEnumerable<(string Text, Locator Locator)> passages, string title = "")
    {
        Address = address;
        _titleWords = [.. Words.Of(title)];
        var addressWords = Words.Of(Uri.UnescapeDataString(address.PathAndQuery)).ToHashSet(StringComparer.Ordinal);
        foreach (var (text, locator) in passages)
        {
            var words = Words.Of(string.Join('\n', locator.Headings.Append(text))).ToList();
            // Numbers are left out of the template, because error pages show times and request numbers.
            var template = words.FindAll(word => !addressWords.Contains(word) && !word.Any(char.IsDigit));
            _passages.Add([.. words]);
            _words.UnionWith(words);
            _templateWords += template.Count;
            AddShingles(_shingles, words);
            AddShingles(_template, template);
        }

        var compared = _template.Count > 0 ? _template : _shingles;
        if (compared.Count == 0) return;
        foreach (var order in Orders) Signature = unchecked((Signature * 31) + compared.Min(shingle => (shingle ^ order) * order));
    }

    public Uri Address { get; }

    public static PageText Of(Uri address, PreparedDocument document) =>
        new(address, document.Passages.Take(MaxPassages).Select(passage => (passage.Text, passage.Locator)), document.Title);

    /// <summary>Whether two addresses show the same text, apart from numbers and the words of the addresses themselves.</summary>
    public bool IsSameAs(PageText other) =>
        _shingles.SetEquals(other._shingles)
        || (Math.Min(_templateWords, other._templateWords) >= MinTemplateWords && Resemblance(_template, other._template) >= Same);

    /// <summary>Whether this may be an edited version of another text. If not, it is a completely different text.</summary>
    public bool IsRelatedTo(PageText other)
    {
        if (Resemblance(_shingles, other._shingles) >= Related) return true;
        // One changed word affects most shingles of a short text, so its words are compared.
        var shorter = Math.Min(_words.Count, other._words.Count);
        return shorter < MinComparedWords && _words.Count(other._words.Contains) >= Related * shorter;
    }

    /// <summary>Whether nearly all of this text is also in another one.</summary>
    public bool IsContainedIn(PageText other) => other.Contains(_shingles);

    /// <summary>Whether nearly all of a text is also in this one.</summary>
    /// <param name="sample">A <see cref="Sample"/> of the text.</param>
    public bool ContainsSample(long[] sample) => Contains(sample);

    /// <summary>
    /// The smallest hashes of the text's shingles. The share of them that another text contains is an estimate of the share of the whole
    /// text.
    /// </summary>
    public long[] Sample() => [.. _shingles.Order().Take(SampleSize)];

    /// <summary>
    /// A number that texts have in common if they are the same apart from numbers and the words of their addresses: minima of the text's
    /// shingles in different orders (Broder 1997). Texts that differ a little usually have another one.
    /// </summary>
    public long Signature { get; }

    /// <summary>Whether these words are in the text or the title, one after the other.</summary>
    public bool ContainsPhrase(string[] phrase) =>
        _titleWords.AsSpan().IndexOf(phrase) >= 0
        || (phrase.All(_words.Contains) && _passages.Exists(passage => passage.AsSpan().IndexOf(phrase) >= 0));

    private bool Contains(IReadOnlyCollection<long> shingles) =>
        shingles.Count(_shingles.Contains) >= Contained * shingles.Count;

    private static double Resemblance(HashSet<long> one, HashSet<long> other)
    {
        var common = one.Count(other.Contains);
        return common == 0 ? 0 : (double)common / (one.Count + other.Count - common);
    }

    private static void AddShingles(HashSet<long> shingles, List<string> words)
    {
        if (words.Count is > 0 and < ShingleWords) shingles.Add(Hash(words));
        for (var i = 0; i + ShingleWords <= words.Count; i++) shingles.Add(Hash(words.GetRange(i, ShingleWords)));
    }

    // FNV-1a, 64 bits. Samples are stored, so the hash must be the same in every process.
    private static long Hash(List<string> words)
    {
        var hash = 14695981039346656037UL;
        foreach (var word in words)
        {
            foreach (var character in word) hash = (hash ^ character) * 1099511628211UL;
            hash = (hash ^ ' ') * 1099511628211UL;
        }

        return unchecked((long)hash);
    }
}
