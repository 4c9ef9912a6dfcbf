using System.Text.RegularExpressions;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>A question analysed with the words of one language.</summary>
internal sealed partial class FollowUpReading
{
    /// <summary>A question with more words names its subject itself.</summary>
    private const int MostWords = 14;

    /// <summary>A fragment, which is not a full sentence, has at most this many words. A longer one names its subject.</summary>
    private const int MostFragmentWords = 5;

    /// <summary>From here on a single character can be a word: Chinese, Japanese, Korean.</summary>
    private const char FirstIdeograph = '\u2E80';

    private readonly FollowUpWords _language;
    private readonly IReadOnlySet<string> _stopWords;
    private readonly List<string> _words;
    private readonly string _text;
    private readonly bool _goesOn;

    public FollowUpReading(string question, string language)
    {
        _language = FollowUpWords.ByLanguage[language];
        _stopWords = StopWords.ByLanguage.TryGetValue(language, out var stopWords)
            ? stopWords
            : new HashSet<string>(StringComparer.Ordinal);
        _words = Formal(question, language);
        // Arabic writes "and" as a part of the next word.
        if (language == "ar"
            && _words is [['و', .. var rest], ..]
            && (_language.Generic.Contains(rest) || rest.StartsWith("ال", StringComparison.Ordinal)))
        {
            _goesOn = true;
            _words[0] = rest;
        }

        var continuers = _words.TakeWhile(_language.Continuers.Contains).Count();
        _goesOn |= continuers > 0;
        _words.RemoveRange(0, continuers);
        _text = string.Join(' ', _words);
        Content = [.. _words.Where(IsContent).Distinct(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Content { get; }

    public bool IsBrief => _words.Count <= MostFragmentWords && Content.Count <= 2;

    public bool IsFollowUp
    {
        get
        {
            if (_words.Count == 0) return _goesOn;
            if (_words.Count > MostWords) return false;
            if (_language.Openers.IsMatch(_text) || LooksBack()) return true;
            if (Content.Count == 0) return !_words.Exists(_language.Addressing.Contains);
            var isFragment = _words.Count <= MostFragmentWords && !_words.Exists(_language.Verbs.Contains);
            return isFragment && (_goesOn || _language.Prepositions.Contains(_words[0]));
        }
    }

    public IEnumerable<string> ContentOf(string text) => Words.Of(text).Where(IsContent);

    // Whether a word refers to something that this question does not name.
    private bool LooksBack()
    {
        var hasExpletive = _language.Expletives.IsMatch(_text);
        return Enumerable.Range(0, _words.Count).Any(i => LooksBack(i, hasExpletive));
    }

    private bool LooksBack(int i, bool hasExpletive)
    {
        var word = _words[i];
        var nounsBefore = _words.Take(i).Count(IsContent);
        var isBeforeNoun = i + 1 < _words.Count && IsContent(_words[i + 1]);
        return (_language.Pronouns.Contains(word) && PronounLooksBack(i, nounsBefore, hasExpletive))
            || (_language.BeforeNouns.Contains(word) && !isBeforeNoun && !IsThereIs(i))
            || (_language.Possessives.Contains(word) && nounsBefore < 2)
            || (_language.HasEnclitics && Enclitic().IsMatch(word));
    }

    private bool PronounLooksBack(int i, int nounsBefore, bool hasExpletive)
    {
        if (hasExpletive && _words[i] is ("it" or "es" or "il")) return false;
        var isInSubordinateClause = i > 0 && nounsBefore >= 1 && _language.Subordinators.Contains(_words[i - 1]);
        // "a bike that fits" refers to its own noun.
        var isRelative = _words[i] == "that" && i > 0 && IsContent(_words[i - 1]);
        return !isInSubordinateClause && !isRelative;
    }

    private bool IsThereIs(int i) =>
        _words[i] == "there"
        && ((i > 0 && _words[i - 1] is ("is" or "are")) || (i + 1 < _words.Count && _words[i + 1] is ("is" or "are")));

    private bool IsContent(string word) =>
        !_stopWords.Contains(word)
        && !_language.Generic.Contains(word)
        && (word.Length > 1 || char.IsDigit(word[0]) || word[0] > FirstIdeograph);

    // German writes the polite "you" as "they" with a capital letter.
    private static List<string> Formal(string question, string language) =>
        [.. Words.Of(language == "de" ? Polite().Replace(question, "du") : question)];

    [GeneratedRegex(@"^\w{2,}([aei]r)(l[oaei]s?|les|ne)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Enclitic();

    [GeneratedRegex(@"(?<!^)\b(Sie|Ihnen|Ihr(e[nmrs]?)?)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Polite();
}
