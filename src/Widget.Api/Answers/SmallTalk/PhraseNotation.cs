namespace Widget.Api.Answers.SmallTalk;

/// <summary>
/// The notation of phrases in a phrase book:
/// <list type="bullet">
/// <item><c>good (morning|evening)</c>: one of these</item>
/// <item><c>thanks (so much)?</c>, <c>please?</c>: optional</item>
/// <item><c>(very|so)*</c>, <c>(very|so)+</c>: any number of these; at least one</item>
/// <item><c>thank~</c>: any word that begins so</item>
/// <item><c>*</c> by itself: any words, or none</item>
/// <item><c>&lt;person&gt;</c>: a part that the book defines by <c>person = …</c></item>
/// </list>
/// Case, accents and apostrophes do not matter (<see cref="MessageText.Fold"/>).
/// </summary>
internal sealed class PhraseNotation
{
    private readonly string _phrase;
    private readonly IReadOnlyDictionary<string, PhrasePattern> _parts;
    private int _position;

    private PhraseNotation(string phrase, IReadOnlyDictionary<string, PhrasePattern> parts) => (_phrase, _parts) = (phrase, parts);

    /// <param name="phrase">In the notation above.</param>
    /// <param name="parts">The parts that the phrase may name.</param>
    /// <exception cref="FormatException">The phrase is not in the notation.</exception>
    public static PhrasePattern Parse(string phrase, IReadOnlyDictionary<string, PhrasePattern> parts)
    {
        var notation = new PhraseNotation(phrase, parts);
        var pattern = notation.ReadAlternatives();
        return notation._position == phrase.Length ? pattern : throw notation.Error("a parenthesis is closed that was not opened");
    }

    private PhrasePattern ReadAlternatives()
    {
        var alternatives = new List<PhrasePattern> { ReadSequence() };
        while (TryRead('|')) alternatives.Add(ReadSequence());
        // Single words become one set, which is looked up at once.
        var words = alternatives.OfType<PhrasePattern.OneOf>().SelectMany(one => one.FirstWords).ToList();
        if (words.Count > 0) alternatives = [new PhrasePattern.OneOf(words), .. alternatives.Where(one => one is not PhrasePattern.OneOf)];
        return alternatives.Count == 1 ? alternatives[0] : new PhrasePattern.Alternatives(alternatives);
    }

    private PhrasePattern ReadSequence()
    {
        var items = new List<PhrasePattern>();
        while (!IsAtEndOfSequence())
        {
            items.Add(ReadRepetition(ReadItem()));
            if (_position < _phrase.Length && _phrase[_position] is not (' ' or '|' or ')')) throw Error("a space is missing");
        }

        return items.Count switch
        {
            0 => throw Error("words are missing"),
            1 => items[0],
            _ => new PhrasePattern.Sequence(items),
        };
    }

    private bool IsAtEndOfSequence()
    {
        while (TryRead(' ')) { }
        return _position == _phrase.Length || _phrase[_position] is '|' or ')';
    }

    private PhrasePattern ReadRepetition(PhrasePattern item) =>
        TryRead('?') ? new PhrasePattern.Optional(item)
        : TryRead('+') ? new PhrasePattern.Repeated(item)
        : TryRead('*') ? new PhrasePattern.Optional(new PhrasePattern.Repeated(item))
        : item;

    private PhrasePattern ReadItem()
    {
        if (TryRead('*')) return new PhrasePattern.AnyWords();
        if (TryRead('<')) return ReadPart();
        if (!TryRead('(')) return ReadWord();
        var group = ReadAlternatives();
        return TryRead(')') ? group : throw Error("a parenthesis is not closed");
    }

    private PhrasePattern ReadPart()
    {
        var end = _phrase.IndexOf('>', _position);
        if (end < 0) throw Error("a part's name is not closed");
        var name = _phrase[_position..end];
        _position = end + 1;
        return _parts.TryGetValue(name, out var part) ? part : throw Error($"there is no part named {name}");
    }

    private PhrasePattern ReadWord()
    {
        var start = _position;
        while (_position < _phrase.Length && !" |()<>?*+~".Contains(_phrase[_position], StringComparison.Ordinal)) _position++;
        var word = MessageText.Fold(_phrase[start.._position]);
        if (word.Length == 0) throw Error("a word is missing");
        return TryRead('~') ? new PhrasePattern.Beginning(word) : new PhrasePattern.OneOf([word]);
    }

    private bool TryRead(char character)
    {
        if (_position == _phrase.Length || _phrase[_position] != character) return false;
        _position++;
        return true;
    }

    private FormatException Error(string reason) => new($"In the phrase \"{_phrase}\", {reason} (character {_position}).");
}
