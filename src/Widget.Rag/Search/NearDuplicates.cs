using Widget.Rag.Embeddings;

namespace Widget.Rag.Search;

/// <summary>
/// Tells whether two passages are the same text by the Jaccard similarity of their three-word shingles
/// (Broder 1997, "On the resemblance and containment of documents").
/// </summary>
public static class NearDuplicates
{
    private const int ShingleWords = 3;

    /// <summary>Passages more alike than this are one.</summary>
    private const double Same = 0.8;

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
        if (small.Count < Same * large.Count) return false;
        var common = small.Count(large.Contains);
        return common >= Same * (a.Count + b.Count - common);
    }
}
