namespace Widget.Rag.Ranking;

/// <summary>
/// BM25 with k1 = 1.2 and b = 0.75 (Robertson &amp; Zaragoza 2009, "The Probabilistic Relevance Framework", eq. 3.15), in two parts whose
/// product, summed over the words of a question, is the score.
/// </summary>
public static class Bm25
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>The passage's part: how much a word that stands in it <paramref name="frequency"/> times says of it.</summary>
    public static double Weight(int frequency, int length, double averageLength) =>
        frequency * (K1 + 1) / (frequency + Saturation(length, averageLength));

    /// <summary>How often the word stands in the passage, from its weight: <see cref="Weight"/> turned round.</summary>
    public static int Frequency(double weight, int length, double averageLength) =>
        Math.Max(1, (int)Math.Round(weight * Saturation(length, averageLength) / (K1 + 1 - weight)));

    private static double Saturation(int length, double averageLength) => K1 * (1 - B + (B * length / averageLength));

    /// <summary>The question's part: how rare a word is. Never negative (the "+ 1" is Lucene's).</summary>
    public static double Idf(long passages, long containing) => Math.Log(1 + ((passages - containing + 0.5) / (containing + 0.5)));
}
