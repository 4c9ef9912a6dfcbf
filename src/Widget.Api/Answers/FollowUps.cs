using System.Text.RegularExpressions;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>
/// Follow-up questions by rule: "and how much is it in red?" is searched with the words of the question before. Only the words tell, so it costs
/// nothing and does the same every time; <c>tests/data/follow-ups.tsv</c> is what it is measured on
/// (docs/decisions/0015-follow-ups-and-citations.md).
/// </summary>
public static partial class FollowUps
{
    /// <summary>A question with more words says itself what it is about.</summary>
    private const int MostWords = 14;

    /// <summary>A fragment is no sentence; a longer one names its subject.</summary>
    private const int MostFragmentWords = 5;

    private const int LongestSearch = 400;

    /// <summary>Whether a question cannot be understood without what was asked before it.</summary>
    /// <param name="question">The question.</param>
    /// <param name="before">What was asked before; tells the language of a question of two words.</param>
    /// <param name="locale">The widget's language, in case words do not tell.</param>
    public static bool IsOne(string question, string before, string? locale = null) =>
        new Reading(question, LanguageOf(question, before, locale)).IsFollowUp;

    /// <summary>Whether it might be one: worth asking a model. A longer question that names no "it" never is.</summary>
    public static bool MightBeOne(string question, string before, string? locale = null)
    {
        var reading = new Reading(question, LanguageOf(question, before, locale));
        return reading.IsFollowUp || reading.IsBrief;
    }

    /// <summary>
    /// What to search for: the content words of what was asked before, then the follow-up, whose own words are said twice and so weigh more.
    /// </summary>
    /// <param name="question">The follow-up.</param>
    /// <param name="earlier">The questions it goes on from, oldest first.</param>
    /// <param name="title">The title of the document that the last answer rested on; null when it rested on none.</param>
    /// <param name="locale">The widget's language.</param>
    public static string Rewrite(string question, IReadOnlyList<string> earlier, string? title, string? locale = null)
    {
        var before = string.Join(' ', earlier);
        var reading = new Reading(question, LanguageOf(question, before, locale));
        var own = reading.Content.ToHashSet(StringComparer.Ordinal);
        // A question that brings no noun of its own may be about something that only the answer named.
        var context = own.Count <= 1 && title is not null ? $"{before} {title}" : before;
        var carried = reading.ContentOf(context).Where(word => !own.Contains(word)).Distinct(StringComparer.Ordinal);
        var asked = OneLine($"{question} {string.Join(' ', reading.Content)}", LongestSearch);
        // What was asked before gets what the question leaves: nothing may push its own words out.
        var room = LongestSearch - asked.Length - 1;
        return room <= 0 ? asked : $"{OneLine(string.Join(' ', carried), room)} {asked}".Trim();
    }

    /// <summary>The words that say what a question is about, in small letters.</summary>
    public static IEnumerable<string> ContentWords(string text, string? locale = null) =>
        new Reading("", LanguageOf(text, "", locale)).ContentOf(text);

    /// <summary>A text as one line of at most so many characters.</summary>
    internal static string OneLine(string text, int most)
    {
        var line = Space().Replace(text, " ").Trim();
        if (line.Length <= most) return line;
        var end = line.LastIndexOf(' ', most);
        return line[..(end > 0 ? end : char.IsHighSurrogate(line[most - 1]) ? most - 1 : most)];
    }

    private static string LanguageOf(string question, string before, string? locale) => FollowUpWords.LanguageOf($"{question} {before}", locale);

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.None, 1000)]
    private static partial Regex Space();

    [GeneratedRegex(@"^\w{2,}([aei]r)(l[oaei]s?|les|ne)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Enclitic();

    // A question taken apart by the words of one language.
    private sealed class Reading
    {
        private readonly FollowUpWords _language;
        private readonly IReadOnlySet<string> _stopWords;
        private readonly List<string> _words;
        private readonly string _text;
        private readonly bool _goesOn;

        public Reading(string question, string language)
        {
            _language = FollowUpWords.ByLanguage[language];
            _stopWords = StopWords.ByLanguage.TryGetValue(language, out var stopWords) ? stopWords : new HashSet<string>(StringComparer.Ordinal);
            _words = Formal(question, language);
            // Arabic writes "and" as a part of the next word.
            if (language == "ar" && _words is [['و', .. var rest], ..] && (_language.Generic.Contains(rest) || rest.StartsWith("ال", StringComparison.Ordinal)))
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

        // Whether a word stands for something that this question does not name.
        private bool LooksBack()
        {
            var expletives = _language.Expletives.IsMatch(_text);
            for (var i = 0; i < _words.Count; i++)
            {
                var word = _words[i];
                var before = _words.Take(i).Count(IsContent);
                var beforeNoun = i + 1 < _words.Count && IsContent(_words[i + 1]);
                if (_language.Pronouns.Contains(word))
                {
                    var standsForNothing = expletives && word is ("it" or "es" or "il");
                    var inside = i > 0 && before >= 1 && _language.Subordinators.Contains(_words[i - 1]);
                    // "a bike that fits" goes on about its own noun.
                    var relative = word == "that" && i > 0 && IsContent(_words[i - 1]);
                    if (!standsForNothing && !inside && !relative) return true;
                }

                if (_language.BeforeNouns.Contains(word) && !beforeNoun && !IsThereIs(i)) return true;
                if (_language.Possessives.Contains(word) && before < 2) return true;
                if (_language.HasEnclitics && Enclitic().IsMatch(word)) return true;
            }

            return false;
        }

        private bool IsThereIs(int i) =>
            _words[i] == "there" && ((i > 0 && _words[i - 1] is ("is" or "are")) || (i + 1 < _words.Count && _words[i + 1] is ("is" or "are")));

        private bool IsContent(string word) =>
            !_stopWords.Contains(word) && !_language.Generic.Contains(word) && (word.Length > 1 || char.IsDigit(word[0]) || word[0] > 0x2E80);

        // German writes the polite "you" as "they" with a capital letter.
        private static List<string> Formal(string question, string language) =>
            [.. Words.Of(language == "de" ? Polite().Replace(question, "du") : question)];
    }

    [GeneratedRegex(@"(?<!^)\b(Sie|Ihnen|Ihr(e[nmrs]?)?)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Polite();
}
