using System.Text.RegularExpressions;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>A question analysed with the words of one language, to find out whether it is a follow-up.</summary>
internal sealed partial class QuestionAnalysis
{
    /// <summary>A question with more words names its subject itself.</summary>
    private const int MaxFollowUpWords = 14;

    /// <summary>A fragment, which is not a full sentence, has at most this many words. A longer one names its subject.</summary>
    private const int MaxFragmentWords = 5;

    /// <summary>Above this character, a single character can be a word: Chinese, Japanese, Korean.</summary>
    private const char MinCjkCharacter = '\u2E80';

    private readonly FollowUpWords _language;
    private readonly IReadOnlySet<string> _stopWords;
    private readonly List<string> _words;
    private readonly string _text;
    private readonly bool _startsWithContinuer;

    public QuestionAnalysis(string question, string language)
    {
        _language = FollowUpWords.ByLanguage[language];
        _stopWords = StopWords.ByLanguage.TryGetValue(language, out var stopWords)
            ? stopWords
            : new HashSet<string>(StringComparer.Ordinal);
        _words = SplitWords(question, language);
        // Arabic writes "and" as a part of the next word.
        if (language == "ar"
            && _words is [['و', .. var rest], ..]
            && (_language.GenericWords.Contains(rest) || rest.StartsWith("ال", StringComparison.Ordinal)))
        {
            _startsWithContinuer = true;
            _words[0] = rest;
        }

        var continuers = _words.TakeWhile(_language.Continuers.Contains).Count();
        _startsWithContinuer |= continuers > 0;
        _words.RemoveRange(0, continuers);
        _text = string.Join(' ', _words);
        ContentWords = [.. _words.Where(IsContentWord).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The words that say what the question is about.</summary>
    public IReadOnlyList<string> ContentWords { get; }

    public bool IsBrief => _words.Count <= MaxFragmentWords && ContentWords.Count <= 2;

    public bool IsFollowUp
    {
        get
        {
            if (_words.Count == 0) return _startsWithContinuer;
            if (_words.Count > MaxFollowUpWords) return false;
            if (IsContinuation || RefersBack()) return true;
            if (ContentWords.Count == 0) return !_words.Exists(_language.SecondPerson.Contains);
            var isFragment = _words.Count <= MaxFragmentWords && !_words.Exists(_language.Verbs.Contains);
            return isFragment && (_startsWithContinuer || _language.Prepositions.Contains(_words[0]));
        }
    }

    /// <summary>Whether it has one of the common verbs, or asks the same about another subject: "what about …".</summary>
    public bool IsSentence => _words.Exists(_language.Verbs.Contains) || IsContinuation;

    /// <summary>Whether it asks the same about another subject: "what about …".</summary>
    public bool IsContinuation => _language.ContinuationPhrases.IsMatch(_text);

    /// <summary>The content words of another text in the same language that are none of the common verbs.</summary>
    public IEnumerable<string> SubjectWordsOf(string text) => ContentWordsOf(text).Where(word => !_language.Verbs.Contains(word));

    /// <summary>The content words of another text in the same language.</summary>
    public IEnumerable<string> ContentWordsOf(string text) => Words.Of(text).Where(IsContentWord);

    // Whether a word refers to something that this question does not name.
    private bool RefersBack()
    {
        var hasDummyPronoun = _language.DummyPronouns.IsMatch(_text);
        return Enumerable.Range(0, _words.Count).Any(i => RefersBack(i, hasDummyPronoun));
    }

    private bool RefersBack(int i, bool hasDummyPronoun)
    {
        var word = _words[i];
        var nounsBefore = _words.Take(i).Count(IsContentWord);
        var isBeforeNoun = i + 1 < _words.Count && IsContentWord(_words[i + 1]);
        return (_language.Pronouns.Contains(word) && PronounRefersBack(i, nounsBefore, hasDummyPronoun))
            || (_language.Determiners.Contains(word) && !isBeforeNoun && !IsThereIs(i))
            || (_language.Possessives.Contains(word) && nounsBefore < 2)
            || (_language.HasEnclitics && Enclitic().IsMatch(word));
    }

    private bool PronounRefersBack(int i, int nounsBefore, bool hasDummyPronoun)
    {
        if (hasDummyPronoun && _words[i] is ("it" or "es" or "il")) return false;
        var isInSubordinateClause = i > 0 && nounsBefore >= 1 && _language.Subordinators.Contains(_words[i - 1]);
        // In "a bike that fits", the pronoun refers to the noun before it.
        var isRelative = _words[i] == "that" && i > 0 && IsContentWord(_words[i - 1]);
        return !isInSubordinateClause && !isRelative;
    }

    private bool IsThereIs(int i) =>
        _words[i] == "there"
        && ((i > 0 && _words[i - 1] is ("is" or "are")) || (i + 1 < _words.Count && _words[i + 1] is ("is" or "are")));

    private bool IsContentWord(string word) =>
        !_stopWords.Contains(word)
        && !_language.GenericWords.Contains(word)
        && (word.Length > 1 || char.IsDigit(word[0]) || word[0] > MinCjkCharacter);

    // The polite German "you" is "they" with a capital letter. It is replaced before the words become lower case.
    private static List<string> SplitWords(string question, string language) =>
        [.. Words.Of(language == "de" ? PoliteYou().Replace(question, "du") : question)];

    [GeneratedRegex(@"^\w{2,}([aei]r)(l[oaei]s?|les|ne)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Enclitic();

    [GeneratedRegex(@"(?<!^)\b(Sie|Ihnen|Ihr(e[nmrs]?)?)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PoliteYou();
}
