using System.Collections.Frozen;

namespace Widget.Rag.Search.Routing;

/// <summary>
/// What words are about, such as colours or prices, in six languages (router-topics.txt). A topic lets the router apply what it learned
/// from one word to the others, also to those of another language.
/// </summary>
internal static class Topics
{
    // A shorter beginning says too little about a word.
    private const int MinStem = 2;

    private static readonly (FrozenDictionary<string, int[]> Words, FrozenDictionary<string, int[]> Stems) Known = Load();

    private static readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> Stems =
        Known.Stems.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <returns>The topics of a word in lower case without accents, as numbers; empty for a word without a topic.</returns>
    public static int[] Of(string word)
    {
        var whole = Known.Words.GetValueOrDefault(word, []);
        for (var length = word.Length; length >= MinStem; length--)
        {
            if (!Stems.TryGetValue(word.AsSpan(0, length), out var topics)) continue;
            return whole.Length == 0 ? topics : [.. whole.Union(topics).Order()];
        }

        return whole;
    }

    private static (FrozenDictionary<string, int[]> Words, FrozenDictionary<string, int[]> Stems) Load()
    {
        using var reader = new StreamReader(RouterResources.Open("router-topics.txt"));
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

        return (
            ByWord(entries.Where(entry => entry.Word[^1] != '*')),
            ByWord(entries.Where(entry => entry.Word[^1] == '*').Select(entry => (entry.Word[..^1], entry.Topic))));
    }

    private static FrozenDictionary<string, int[]> ByWord(IEnumerable<(string Word, int Topic)> entries) => entries
        .GroupBy(entry => entry.Word, entry => entry.Topic, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.Distinct().Order().ToArray(), StringComparer.Ordinal);
}
