using Widget.Platform.Text;
using Widget.Rag.Embeddings;
using Widget.Rag.Reading;

namespace Widget.Api.Tools;

/// <summary>Cuts a passage down to the sentences around the one that comes closest to what is asked.</summary>
internal static class Excerpt
{
    /// <returns>The passage itself when it is short enough; else whole sentences that stand there one after the other, with … where something is left out.</returns>
    public static string Of(string text, string question, int longest)
    {
        if (text.Length <= longest) return text;
        var sentences = Sentences.Of(text).ToArray();
        if (sentences.Length == 0) return Truncation.Truncate(text, longest);
        var asked = HashedEmbedder.Embed(question);
        var first = Array.IndexOf(sentences, sentences.MaxBy(sentence => Similarity(asked, HashedEmbedder.Embed(sentence))));
        var (last, length) = (first, sentences[first].Length);
        if (length > longest) return $"{Truncation.Truncate(sentences[first], longest)}…";

        // What follows often completes it, so it grows forward first and back when there is no more.
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
