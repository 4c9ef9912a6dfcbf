using System.Collections.Frozen;

namespace Widget.Api.Answers.SmallTalk;

/// <summary>Phrases with one meaning. They are looked up by their first word, so that only a few have to be compared.</summary>
internal sealed class PhraseSection
{
    private readonly FrozenDictionary<string, PhrasePattern[]> _byFirstWord;
    private readonly PhrasePattern[] _withAnyFirstWord;

    public PhraseSection(IReadOnlyCollection<PhrasePattern> phrases)
    {
        _withAnyFirstWord = [.. phrases.Where(phrase => phrase.FirstWords is null)];
        _byFirstWord = phrases
            .SelectMany(phrase => phrase.FirstWords ?? [], (phrase, word) => (Word: word, Phrase: phrase))
            .GroupBy(first => first.Word, first => first.Phrase, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Concat(_withAnyFirstWord).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Whether the words are exactly one of the phrases.</summary>
    public bool IsMatch(ReadOnlySpan<string> words)
    {
        foreach (var phrase in Candidates(words))
            if (phrase.IsMatch(words)) return true;
        return false;
    }

    /// <summary>Number of words in the longest phrase that the words begin with; 0 when there is none.</summary>
    public int LongestPrefix(ReadOnlySpan<string> words)
    {
        var longest = 0;
        foreach (var phrase in Candidates(words)) longest = Math.Max(longest, phrase.LongestPrefix(words));
        return longest;
    }

    private PhrasePattern[] Candidates(ReadOnlySpan<string> words) =>
        words.Length == 0 ? []
        : _byFirstWord.TryGetValue(words[0], out var phrases) ? phrases
        : _withAnyFirstWord;
}
