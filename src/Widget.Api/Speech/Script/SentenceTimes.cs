using Widget.Api.Speech.Client;
using Widget.Contracts;

namespace Widget.Api.Speech.Script;

/// <summary>When a word is spoken. Positions are relative to the sentence, so they are valid in every answer that contains it.</summary>
/// <param name="Start">Start of the word in the sentence, in UTF-16 units.</param>
/// <param name="End">End of the word in the sentence.</param>
/// <param name="At">When the word starts, in seconds from the start of the audio.</param>
/// <param name="Until">When the word ends, in seconds.</param>
internal sealed record WordTime(int Start, int End, double At, double Until)
{
    /// <summary>The word with its position in the answer.</summary>
    public SpokenWord In(ScriptSentence sentence) => new(sentence.Places[Start].Start, sentence.Places[End - 1].End, At, Until);
}

/// <summary>Computes the times of a sentence's words from the times of its characters.</summary>
internal sealed class SentenceTimes(string text)
{
    // Providers round the times.
    private const double Tolerance = 0.05;

    private readonly List<(double At, double Until)> _units = [];
    private bool _differs;
    private double _last;

    public void Add(CharacterTimes times)
    {
        // It is not documented whether the times of a later piece count from the start of the audio or of the piece. If they go back, they
        // count from the start of the piece.
        var offset = _units.Count > 0 && times.Starts[0] < _last - Tolerance ? _last : 0;
        for (var i = 0; i < times.Characters.Count; i++)
        {
            var character = times.Characters[i];
            _differs |= !text.AsSpan(Math.Min(_units.Count, text.Length)).StartsWith(character, StringComparison.Ordinal);
            for (var unit = 0; unit < character.Length; unit++) _units.Add((times.Starts[i] + offset, times.Ends[i] + offset));
            _last = Math.Max(_last, times.Ends[i] + offset);
        }
    }

    /// <summary>
    /// The words' times; empty when the times do not match the sentence. No highlighting is better than wrong highlighting.
    /// </summary>
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
