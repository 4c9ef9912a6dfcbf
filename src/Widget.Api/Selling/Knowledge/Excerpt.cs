using Widget.Platform.Text;
using Widget.Rag.Embeddings;
using Widget.Rag.Reading;

namespace Widget.Api.Selling.Knowledge;

/// <summary>Shortens a passage to the sentences around the one that is most similar to the question.</summary>
internal static class Excerpt
{
    /// <param name="text">The passage.</param>
    /// <param name="question">The question.</param>
    /// <param name="maxLength">In characters.</param>
    /// <returns>The passage if it is short enough; otherwise consecutive whole sentences of it, with … where text is left out.</returns>
    public static string Of(string text, string question, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        var sentences = Sentences.Of(text).ToArray();
        if (sentences.Length == 0) return Truncation.Truncate(text, maxLength);
        var asked = HashedEmbedder.Embed(question);
        var first = Array.IndexOf(sentences, sentences.MaxBy(sentence => Similarity(asked, HashedEmbedder.Embed(sentence))));
        var (last, length) = (first, sentences[first].Length);
        if (length > maxLength) return $"{Truncation.Truncate(sentences[first], maxLength)}…";

        // The next sentence often completes this one, so add following sentences first, then preceding ones.
        while (true)
        {
            if (last + 1 < sentences.Length && length + 1 + sentences[last + 1].Length <= maxLength) length += 1 + sentences[++last].Length;
            else if (first > 0 && length + 1 + sentences[first - 1].Length <= maxLength) length += 1 + sentences[--first].Length;
            else break;
        }

        return $"{(first > 0 ? "… " : "")}{string.Join(' ', sentences[first..(last + 1)])}{(last + 1 < sentences.Length ? " …" : "")}";
    }

    // The cosine: both vectors have unit length.
    private static double Similarity(float[] one, float[] other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++) sum += one[i] * other[i];
        return sum;
    }
}
