using System.Collections.Frozen;

namespace Widget.Rag.Classification;

/// <summary>
/// What words are about, such as colours or prices. A topic lets a classifier apply what it learned from one word to the others, also to
/// those of another language.
/// </summary>
public sealed class TopicTable
{
    // A shorter beginning says too little about a word.
    private const int MinStem = 2;

    private readonly FrozenDictionary<string, int[]> _words;
    private readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _stems;

    private TopicTable(IReadOnlyCollection<(string Word, int Topic)> entries)
    {
        _words = ByWord(entries.Where(entry => entry.Word[^1] != '*'));
        _stems = ByWord(entries.Where(entry => entry.Word[^1] == '*').Select(entry => (entry.Word[..^1], entry.Topic)))
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// Reads a table: each topic is a name, a colon and its words, in lower case and without accents. Lines that continue a topic begin
    /// with spaces. A star stands for any ending. Lines with # are comments.
    /// </summary>
    public static TopicTable Read(Stream stream)
    {
        using var reader = new StreamReader(stream);
        var topic = -1;
        var entries = new List<(string Word, int Topic)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var isNewTopic = line[0] != ' ';
            if (isNewTopic) topic++;
            var words = isNewTopic ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..] : line;
            entries.AddRange(words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => (word, topic)));
        }

        return new TopicTable(entries);
    }

    /// <returns>The topics of a word in lower case without accents, as numbers; empty for a word without a topic.</returns>
    public int[] Of(string word)
    {
        var whole = _words.GetValueOrDefault(word, []);
        for (var length = word.Length; length >= MinStem; length--)
        {
            if (!_stems.TryGetValue(word.AsSpan(0, length), out var topics)) continue;
            return whole.Length == 0 ? topics : [.. whole.Union(topics).Order()];
        }

        return whole;
    }

    private static FrozenDictionary<string, int[]> ByWord(IEnumerable<(string Word, int Topic)> entries) => entries
        .GroupBy(entry => entry.Word, entry => entry.Topic, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.Distinct().Order().ToArray(), StringComparer.Ordinal);
}
