using Widget.Rag.Text;

namespace Widget.Rag.Search;

/// <summary>How a passage stands to another that was found before it.</summary>
public enum Likeness
{
    /// <summary>The same text, near enough.</summary>
    Same,

    /// <summary>The other contains it.</summary>
    Part,

    /// <summary>It contains the other.</summary>
    Whole,
}

/// <summary>
/// Tells whether passages are the same text by the Jaccard similarity of their three-word shingles, and whether one contains the
/// other by the share of the smaller's shingles (Broder 1997, "On the resemblance and containment of documents").
/// A text of fewer words is one shingle.
/// </summary>
public static class NearDuplicates
{
    private const int ShingleWords = 3;

    /// <summary>Passages more alike than this are one.</summary>
    private const double Same = 0.8;

    /// <summary>A passage of which this much is in another is a part of it.</summary>
    private const double Contained = 0.9;

    public static HashSet<int> Shingles(string text)
    {
        var words = Words.Of(text).ToArray();
        if (words.Length < ShingleWords) return [string.Join(' ', words).GetHashCode(StringComparison.Ordinal)];
        var shingles = new HashSet<int>(words.Length);
        for (var i = 0; i + ShingleWords <= words.Length; i++) shingles.Add(HashCode.Combine(words[i], words[i + 1], words[i + 2]));
        return shingles;
    }

    public static bool AreSame(HashSet<int> a, HashSet<int> b)
    {
        // The size of the smaller bounds the similarity from above.
        var (small, large) = a.Count <= b.Count ? (a, b) : (b, a);
        return small.Count >= Same * large.Count && AreSame(a.Count, b.Count, small.Count(large.Contains));
    }

    private static bool AreSame(int a, int b, int common) => common >= Same * (a + b - common);

    /// <summary>
    /// The passages seen so far by their shingles. A new one is compared only with those it shares a shingle with, so a
    /// hundred passages with a hundred others cost about as much as reading them.
    /// </summary>
    internal sealed class Index
    {
        private readonly Dictionary<int, List<int>> _holders = [];
        private readonly List<int> _sizes = [];

        public int Count => _sizes.Count;

        /// <summary>The first passage that the new one repeats, by its number, and how; null when it is new.</summary>
        /// <param name="shingles">The new one's.</param>
        /// <param name="mayContain">Whether containment counts between the new one and that number.</param>
        public (int Place, Likeness Likeness)? Find(HashSet<int> shingles, Func<int, bool> mayContain)
        {
            var common = new SortedDictionary<int, int>();
            foreach (var shingle in shingles)
            {
                if (!_holders.TryGetValue(shingle, out var holders)) continue;
                foreach (var holder in holders) common[holder] = common.GetValueOrDefault(holder) + 1;
            }

            foreach (var (place, count) in common)
                if (AreSame(shingles.Count, _sizes[place], count)) return (place, Likeness.Same);
            foreach (var (place, count) in common)
            {
                if (count < Contained * Math.Min(shingles.Count, _sizes[place]) || !mayContain(place)) continue;
                return (place, shingles.Count <= _sizes[place] ? Likeness.Part : Likeness.Whole);
            }

            return null;
        }

        /// <summary>Takes a new passage up; its number is the count before.</summary>
        public void Add(HashSet<int> shingles)
        {
            foreach (var shingle in shingles)
            {
                if (_holders.TryGetValue(shingle, out var holders)) holders.Add(_sizes.Count);
                else _holders.Add(shingle, [_sizes.Count]);
            }

            _sizes.Add(shingles.Count);
        }
    }
}
