using Widget.Rag.Text;

namespace Widget.Rag.Search;

/// <summary>How a passage relates to an earlier one.</summary>
public enum Duplication
{
    /// <summary>Nearly the same text.</summary>
    Same,

    /// <summary>The earlier passage contains it.</summary>
    Part,

    /// <summary>It contains the earlier passage.</summary>
    Whole,
}

/// <summary>
/// Detects passages with the same text by the Jaccard similarity of their three-word shingles, and containment by the share of the smaller
/// passage's shingles (Broder 1997, "On the resemblance and containment of documents"). A shorter text is a single shingle.
/// </summary>
public static class NearDuplicates
{
    private const int ShingleWords = 3;

    /// <summary>Passages with a higher similarity are the same.</summary>
    private const double Same = 0.8;

    /// <summary>A passage is contained in another if this share of it is.</summary>
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
        // The size of the smaller set is an upper bound of the similarity.
        var (small, large) = a.Count <= b.Count ? (a, b) : (b, a);
        return small.Count >= Same * large.Count && AreSame(a.Count, b.Count, small.Count(large.Contains));
    }

    private static bool AreSame(int a, int b, int common) => common >= Same * (a + b - common);

    /// <summary>
    /// The passages seen so far, by their shingles. A new passage is compared only with those that share a shingle, so comparing a hundred
    /// passages costs little more than reading them.
    /// </summary>
    internal sealed class Index
    {
        private readonly Dictionary<int, List<int>> _passagesByShingle = [];
        private readonly List<int> _sizes = [];

        public int Count => _sizes.Count;

        /// <summary>Returns the number of the first passage that the new one repeats, and how; null when it is new.</summary>
        /// <param name="shingles">Shingles of the new passage.</param>
        /// <param name="mayContain">Whether containment counts between the new passage and the one with this number.</param>
        public (int Number, Duplication Duplication)? Find(HashSet<int> shingles, Func<int, bool> mayContain)
        {
            var common = new SortedDictionary<int, int>();
            foreach (var shingle in shingles)
            {
                if (!_passagesByShingle.TryGetValue(shingle, out var passages)) continue;
                foreach (var passage in passages) common[passage] = common.GetValueOrDefault(passage) + 1;
            }

            foreach (var (number, count) in common)
                if (AreSame(shingles.Count, _sizes[number], count)) return (number, Duplication.Same);
            foreach (var (number, count) in common)
            {
                if (count < Contained * Math.Min(shingles.Count, _sizes[number]) || !mayContain(number)) continue;
                return (number, shingles.Count <= _sizes[number] ? Duplication.Part : Duplication.Whole);
            }

            return null;
        }

        /// <summary>Adds a passage. Its number is the previous count.</summary>
        public void Add(HashSet<int> shingles)
        {
            foreach (var shingle in shingles)
            {
                if (_passagesByShingle.TryGetValue(shingle, out var passages)) passages.Add(_sizes.Count);
                else _passagesByShingle.Add(shingle, [_sizes.Count]);
            }

            _sizes.Add(shingles.Count);
        }
    }
}
