using Widget.Platform.Text;
using Widget.Rag.Embeddings;
using Widget.Rag.Reading;

namespace Widget.Api.Tools;

/// <summary>Shortens a passage to the sentences around the one that is closest to the question.</summary>
internal static class Excerpt
{
    /// <returns>
    /// The passage itself when it is short enough; else whole consecutive sentences of it, with … where something is left out.
    /// </returns>
    public static string Of(string text, string question, int longest)
    {
        if (text.Length <= longest) return text;
        var sentences = Sentences.Of(text).ToArray();
        if (sentences.Length == 0) return Truncation.Truncate(text, longest);
        var asked = HashedEmbedder.Embed(question);
        var first = Array.IndexOf(sentences, sentences.MaxBy(sentence => Similarity(asked, HashedEmbedder.Embed(sentence))));
        var (last, length) = (first, sentences[first].Length);
        if (length > longest) return $"{Truncation.Truncate(sentences[first], longest)}…";

        // The next sentence often completes this one, so the excerpt grows forward first, and backward when there is no more room ahead.
        while (true)
        {
            if (last + 1 < sentences.Length && length + 1 + sentences[last + 1].Length <= longest) length += 1 + sentences[++last].Length;
            else if (first > 0 && length + 1 + sentences[first - 1].Length <= longest) length += 1 + sentences[--first].Length;
            else break;
        }

        return $"{(first > 0 ? "… " : "")}{string.Join(' ', sentences[first..(last + 1)])}{(last + 1 < sentences.Length ? " …" : "")}";
    }

    // Both have unit length.
    private static double Similarity(float[] one, float[] other)
    {
        var sum = 0.0;
        for (var i = 0; i < one.Length; i++) sum += one[i] * other[i];
        return sum;
    }
}
