using System.Runtime.InteropServices;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Text;

namespace Widget.Rag.Classification;

/// <summary>
/// The features of a text's words for a linear classifier: words and pairs of words, sequences of words, parts of words, and the words'
/// topics. Each is hashed to one of <see cref="Count"/> numbers (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask
/// Learning"). Accents are dropped, because visitors often type without them. All digits count as the same one.
/// </summary>
/// <param name="topics">The topics of words. Each classifier has its own.</param>
/// <param name="topicScale">How much topics count beside the words themselves, which they repeat.</param>
public sealed class WordFeatures(TopicTable topics, float topicScale = 0.5f)
{
    /// <summary>Number of features. A power of two, so that fewer can be used by dropping the first bits of their numbers.</summary>
    public const int Count = 1 << 17;

    private const int MinGram = 2;
    private const int MaxGram = 5;
    private const int MaxWordLength = 40;

    /// <summary>How far apart two topics may be to count as a pair, in words.</summary>
    private const int MaxTopicDistance = 3;

    // Sequences repeat what the words say, so they weigh less.
    private const float SequenceScale = 0.5f;

    private const float SignScale = 1;

    private const char StartOfQuestion = '^';
    private const char StartOfWord = '<';
    private const char EndOfWord = '>';

    private enum Kind
    {
        Word,
        PairOfWords,
        PartOfWord,
        Topic,
        FirstTopic,
        PairOfTopics,
        TopicAfterWord,
        TopicBeforeWord,
        PairAroundWord,
        ThreeWords,
        FirstTwoWords,
        FirstThreeWords,
        LastWord,
        Sign,
    }

    /// <param name="text">The text.</param>
    /// <param name="signs">What else is known about the text, by any names.</param>
    /// <returns>
    /// The features in a fixed order. The values of a group are equal, and the squares of a group's values add up to the square of its
    /// scale, so that long questions do not weigh more. Empty for a text without words.
    /// </returns>
    public IReadOnlyList<Feature> Of(string text, params IReadOnlyList<string> signs)
    {
        var words = Words.Of(WordPieceText.Prepare(text)).Select(IgnoreDigits).ToArray();
        if (words.Length == 0) return [];
        return
        [
            .. Group(WholeWords(words), 1),
            .. Group(PartsOfWords(words), 1),
            .. Group(TopicsOf(words), topicScale),
            .. Group(Sequences(words), SequenceScale),
            .. Group(signs.Select(sign => Index(Kind.Sign, sign, [])), SignScale),
        ];
    }

    private static string IgnoreDigits(string word) => string.Create(
        Math.Min(word.Length, MaxWordLength),
        word,
        (target, source) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = char.IsAsciiDigit(source[i]) ? '0' : source[i];
        });

    private static IEnumerable<Feature> Group(IEnumerable<int> features, float scale)
    {
        var distinct = features.Distinct().Order().ToArray();
        var value = scale / MathF.Sqrt(distinct.Length);
        return distinct.Select(index => new Feature(index, value));
    }

    private static IEnumerable<int> WholeWords(string[] words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            yield return Index(Kind.Word, words[i], []);
            yield return Index(Kind.PairOfWords, i == 0 ? [StartOfQuestion] : words[i - 1], words[i]);
        }
    }

    // How a question begins says most about what it asks for ("where is the", "can I see").
    private static IEnumerable<int> Sequences(string[] words)
    {
        yield return Index(Kind.LastWord, words[^1], []);
        yield return Index(Kind.FirstTwoWords, Join(words, 0, 2), []);
        yield return Index(Kind.FirstThreeWords, Join(words, 0, 3), []);
        for (var i = 0; i + 2 < words.Length; i++)
        {
            yield return Index(Kind.PairAroundWord, words[i], words[i + 2]);
            yield return Index(Kind.ThreeWords, Join(words, i, 3), []);
        }
    }

    private static string Join(string[] words, int start, int count) => string.Join(' ', words.Skip(start).Take(count));

    private static List<int> PartsOfWords(string[] words)
    {
        var parts = new List<int>();
        foreach (var word in words)
        {
            ReadOnlySpan<char> bordered = [StartOfWord, .. word, EndOfWord];
            for (var length = MinGram; length <= MaxGram; length++)
                for (var start = 0; start + length <= bordered.Length; start++)
                    parts.Add(Index(Kind.PartOfWord, bordered.Slice(start, length), []));
        }

        return parts;
    }

    private IEnumerable<int> TopicsOf(string[] words)
    {
        var topicsOf = Array.ConvertAll(words, topics.Of);
        foreach (var topic in topicsOf[0]) yield return Index(Kind.FirstTopic, Name(topic), []);
        for (var i = 0; i < words.Length; i++)
        {
            foreach (var topic in topicsOf[i])
            {
                yield return Index(Kind.Topic, Name(topic), []);
                if (i > 0) yield return Index(Kind.TopicAfterWord, Name(topic), words[i - 1]);
                if (i + 1 < words.Length) yield return Index(Kind.TopicBeforeWord, Name(topic), words[i + 1]);
                foreach (var next in topicsOf[(i + 1)..Math.Min(i + 1 + MaxTopicDistance, words.Length)].SelectMany(next => next))
                    yield return Index(Kind.PairOfTopics, Name(topic), Name(next));
            }
        }
    }

    private static string Name(int topic) => ((char)topic).ToString();

    // FNV-1a, finished with MurmurHash3's mixer. The fitted weights depend on the hash, so it must not change as the runtime's does.
    private static int Index(Kind kind, ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        var hash = (0xcbf29ce484222325UL ^ (ulong)kind) * 0x100000001b3UL;
        hash = Hash(hash, first);
        hash = (hash ^ 0xff) * 0x100000001b3UL;
        hash = Hash(hash, second);
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        return (int)(hash % Count);
    }

    private static ulong Hash(ulong hash, ReadOnlySpan<char> text)
    {
        foreach (var value in MemoryMarshal.AsBytes(text)) hash = (hash ^ value) * 0x100000001b3UL;
        return hash;
    }
}

/// <param name="Index">Number of the feature, from 0.</param>
/// <param name="Value">How strongly the text has the feature.</param>
public readonly record struct Feature(int Index, float Value);
