using Widget.Api.Speech.Client;
using Widget.Contracts;

namespace Widget.Api.Speech.Script;

/// <summary>When a word is spoken, by its place in what is spoken: so it is true wherever the sentence stands.</summary>
/// <param name="Start">In UTF-16 units of the spoken sentence.</param>
/// <param name="End">Where it ends.</param>
/// <param name="At">Seconds from the beginning of the sound.</param>
/// <param name="Until">Seconds.</param>
internal sealed record WordTime(int Start, int End, double At, double Until)
{
    /// <summary>The same in the answer in which the sentence stands.</summary>
    public SpokenWord In(ScriptSentence sentence) => new(sentence.Places[Start].Start, sentence.Places[End - 1].End, At, Until);
}

/// <summary>Puts the times of a sentence's words together from those of its characters, as these arrive.</summary>
internal sealed class SentenceTimes(string text)
{
    // Times are rounded by whoever writes them.
    private const double Tolerance = 0.05;

    private readonly List<(double At, double Until)> _units = [];
    private bool _differs;
    private double _last;

    public void Add(CharacterTimes times)
    {
        // It is not documented whether a later piece's times count from the sound's beginning or from its own. They cannot go back, so they tell.
        var offset = _units.Count > 0 && times.Starts[0] < _last - Tolerance ? _last : 0;
        for (var i = 0; i < times.Characters.Count; i++)
        {
            var character = times.Characters[i];
            _differs |= !text.AsSpan(Math.Min(_units.Count, text.Length)).StartsWith(character, StringComparison.Ordinal);
            for (var unit = 0; unit < character.Length; unit++) _units.Add((times.Starts[i] + offset, times.Ends[i] + offset));
            _last = Math.Max(_last, times.Ends[i] + offset);
        }
    }

    /// <summary>Empty when the times are not, or not wholly, of this sentence: no highlighting is better than a wrong one.</summary>
    public IReadOnlyList<WordTime> Words()
    {
        if (_differs || _units.Count < text.TrimEnd().Length) return [];
        var words = new List<WordTime>();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == ' ') continue;
            var end = text.IndexOf(' ', at) is >= 0 and var space ? space : text.Length;
            if (end > _units.Count) break;
            words.Add(new WordTime(at, end, Math.Round(_units[at].At, 3), Math.Round(_units[end - 1].Until, 3)));
            at = end;
        }

        return words;
    }
}
