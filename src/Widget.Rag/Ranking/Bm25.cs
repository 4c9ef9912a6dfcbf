namespace Widget.Rag.Ranking;

/// <summary>
/// BM25 with k1 = 1.2 and b = 0.75 (Robertson &amp; Zaragoza 2009, "The Probabilistic Relevance Framework", eq. 3.15), as two factors. The
/// score is the sum of their products over the words of a question.
/// </summary>
public static class Bm25
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>The passage's factor for a word that occurs <paramref name="frequency"/> times.</summary>
    public static double Weight(int frequency, int length, double averageLength) =>
        frequency * (K1 + 1) / (frequency + Saturation(length, averageLength));

    /// <summary>The word's frequency in the passage, computed from its weight: the inverse of <see cref="Weight"/>.</summary>
    public static int Frequency(double weight, int length, double averageLength) =>
        Math.Max(1, (int)Math.Round(weight * Saturation(length, averageLength) / (K1 + 1 - weight)));

    private static double Saturation(int length, double averageLength) => K1 * (1 - B + (B * length / averageLength));

    /// <summary>The question's factor: how rare a word is. Never negative, because of the "+ 1" that Lucene adds.</summary>
    public static double Idf(long passages, long containing) => Math.Log(1 + ((passages - containing + 0.5) / (containing + 0.5)));
}
