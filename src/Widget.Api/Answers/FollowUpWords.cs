using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>The words and phrases of one language that show whether a question continues what was said before.</summary>
internal sealed partial record FollowUpWords
{
    /// <summary>Words that begin a question that continues the last one: "and", "but", "also".</summary>
    public required FrozenSet<string> Continuers { get; init; }

    /// <summary>Words that refer to something named before: "it", "them", "the same".</summary>
    public required FrozenSet<string> Pronouns { get; init; }

    /// <summary>Words that refer back unless a noun follows: "the other?", but not "the other bike?".</summary>
    public required FrozenSet<string> Determiners { get; init; }

    /// <summary>Possessive words, which often refer to a noun in the same question.</summary>
    public FrozenSet<string> Possessives { get; init; } = [];

    /// <summary>
    /// Conjunctions after which a pronoun refers to the clause before them, not to an earlier question: "when it freezes".
    /// </summary>
    public required FrozenSet<string> Subordinators { get; init; }

    /// <summary>Prepositions that can begin an incomplete question: "in Germany?", "for companies?".</summary>
    public required FrozenSet<string> Prepositions { get; init; }

    /// <summary>Common verbs and subject pronouns. A question that contains one of them is a full sentence.</summary>
    public required FrozenSet<string> Verbs { get; init; }

    /// <summary>Words that, like stop words, do not say what a question is about.</summary>
    public required FrozenSet<string> GenericWords { get; init; }

    /// <summary>Words that address the assistant or the company: "you". They refer to nothing that was said before.</summary>
    public FrozenSet<string> SecondPerson { get; init; } = [];

    /// <summary>Phrases in which "it" refers to nothing: "is it possible to …". Matched against the words in lower case.</summary>
    public required Regex DummyPronouns { get; init; }

    /// <summary>Phrases that ask the same about another subject: "what about …".</summary>
    public required Regex ContinuationPhrases { get; init; }

    /// <summary>Whether verbs can end in a pronoun, as in "comprarlo".</summary>
    public bool HasEnclitics { get; init; }

    public static FrozenDictionary<string, FollowUpWords> ByLanguage { get; } = new Dictionary<string, FollowUpWords>
    {
        ["en"] = new()
        {
            Continuers = Set("and but or so also plus then ok okay well"),
            Pronouns = Set("it they them this these those he she him her itself same both that"),
            Determiners = Set("one ones other others another second first latter former there"),
            Possessives = Set("its their his"),
            Subordinators = Set("when if because while once after before until and but unless where"),
            Prepositions = Set("in for with without to on from at after before until per during by under over"),
            Verbs = Set(
                "is are was were am be do does did can could will would should shall must may might have has had i you we",
                "show tell give explain need want get gets cost costs work works take takes"),
            GenericWords = Set(
                "much many long often far soon exactly detail details example examples explain tell know mean means else please again",
                "ok okay really sure thing things something anything everything happen happens information info kind type sort",
                "s t re ll ve d m quickly one ones"),
            SecondPerson = Set("you your yours yourself"),
            DummyPronouns = DummyPronounsEn(),
            ContinuationPhrases = ContinuationPhrasesEn(),
        },
        ["de"] = new()
        {
            Continuers = Set("und aber oder also auch dann sowie okay ok"),
            Pronouns = Set(
                "es sie er ihn ihm ihnen dies davon damit dafür darauf dazu dabei darin daran dort",
                "beide beides dasselbe derselbe dieselbe"),
            Determiners = Set("das die der den dem diese dieser dieses diesen jene andere anderen anderer anderes zweite erste da"),
            Possessives = Set("sein seine ihr ihre deren dessen"),
            Subordinators = Set("wenn falls weil nachdem bevor bis ob dass sobald und"),
            Prepositions = Set("in im für mit ohne nach auf ab bis bei zum zur aus über unter pro während"),
            Verbs = Set(
                "ist sind war bin kann können könnt könnte muss müssen darf dürfen soll sollte will wird werden hat haben habe",
                "gibt kostet kosten macht geht dauert ich wir gilt bekomme brauche"),
            GenericWords = Set(
                "viel viele lange oft weit genau details beispiel erklären sagen wissen bitte nochmal",
                "sonst denn eigentlich teuer mehr anders wirklich"),
            SecondPerson = Set("du dich dein deine"),
            DummyPronouns = DummyPronounsDe(),
            ContinuationPhrases = ContinuationPhrasesDe(),
        },
        ["es"] = new()
        {
            Continuers = Set("y e pero o u también entonces además vale"),
            Pronouns = Set("eso esto ello ellos ellas él ella allí ahí lo le les mismo misma ambos"),
            Determiners = Set("otro otra otros otras ese esa este esta aquel segundo segunda"),
            Subordinators = Set("si cuando porque mientras después que y"),
            Prepositions = Set("en para con sin a al de hasta desde por durante"),
            Verbs = Set(
                "es son está están hay puedo puede pueden podemos tiene tienen tengo",
                "hacen hace cuesta cuestan vale debo necesito quiero"),
            GenericWords = Set("cuánto cuánta cuántos cuántas más exactamente detalles ejemplo favor tiempo mucho"),
            SecondPerson = Set("usted tú ustedes"),
            DummyPronouns = Never(),
            ContinuationPhrases = ContinuationPhrasesEs(),
            HasEnclitics = true,
        },
        ["fr"] = new()
        {
            Continuers = Set("et mais ou alors donc aussi puis ok"),
            Pronouns = Set("ça cela ceci celui celle ceux celles lui elle elles il ils même mêmes"),
            Determiners = Set("autre autres second seconde deuxième"),
            Subordinators = Set("si quand lorsque parce pendant et qu"),
            Prepositions = Set("en pour avec sans à au aux de du dans jusqu sur chez par pendant"),
            Verbs = Set("est sont a ont peut peux puis pouvez fait faut coûte coûtent avez je vous dois veux livrez"),
            GenericWords = Set("combien longtemps exactement détails exemple svp temps plus"),
            DummyPronouns = DummyPronounsFr(),
            ContinuationPhrases = ContinuationPhrasesFr(),
        },
        ["it"] = new()
        {
            Continuers = Set("e ed ma o oppure allora anche poi"),
            Pronouns = Set("esso essa lui lei lì là ciò stesso stessa entrambi"),
            Determiners = Set("altro altra altri altre quello quella quelli quelle questo questa secondo seconda"),
            Subordinators = Set("se quando perché mentre dopo e che"),
            Prepositions = Set("in per con senza a al alla ad di da fino dal nel nella su"),
            Verbs = Set("è sono ha hanno posso può possono possiamo c'è costa costano devo voglio si fate avete vale"),
            GenericWords = Set("quanto quanta quanti quante esattamente dettagli esempio favore tempo molto"),
            DummyPronouns = Never(),
            ContinuationPhrases = ContinuationPhrasesIt(),
            HasEnclitics = true,
        },
        ["pt"] = new()
        {
            Continuers = Set("e mas ou então também depois"),
            Pronouns = Set("ele ela eles elas isso isto aquilo disso nisso dele dela deles delas lá lo la mesmo mesma ambos"),
            Determiners = Set("outro outra outros outras esse essa este esta segundo segunda"),
            Subordinators = Set("se quando porque enquanto depois e que"),
            Prepositions = Set("em para com sem a ao à de do da até por no na nos nas"),
            Verbs = Set("é são está estão há posso pode podem podemos tem têm custa custam devo quero fazem"),
            GenericWords = Set("quanto quanta quantos quantas exatamente detalhes exemplo favor tempo muito"),
            DummyPronouns = Never(),
            ContinuationPhrases = ContinuationPhrasesPt(),
            HasEnclitics = true,
        },
        ["ar"] = new()
        {
            Continuers = Set("و أو لكن ولكن ثم أيضا أيضًا طيب حسنا"),
            Pronouns = Set(
                "ذلك هذا هذه تلك هناك هو هي هم نفسه نفسها منه منها فيه فيها له لها",
                "عنه عنها به بها سعره سعرها وزنه وزنها لونه لونها"),
            Determiners = Set("الآخر الأخرى الثاني الثانية"),
            Subordinators = Set("إذا عندما لأن بعد قبل"),
            Prepositions = Set("إلى في على من مع بدون عن حتى بعد قبل"),
            Verbs = Set("هل يمكن يمكنني أستطيع يوجد توجد لديكم يكلف تكلف أريد"),
            GenericWords = Set("كم كيف أين متى لماذا ماذا ما من هل إلى في على مع عن هو هي أكثر تفاصيل مثال بالضبط فضلك"),
            DummyPronouns = Never(),
            ContinuationPhrases = ContinuationPhrasesAr(),
        },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// Arabic when the text has Arabic letters; otherwise the language with the most stop words in the text. In a tie, the widget's
    /// language, then English.
    /// </summary>
    public static string DetectLanguage(string text, string? locale)
    {
        if (text.Any(character => character is >= '\u0600' and <= '\u06FF')) return "ar";
        var words = Words.Of(text).ToList();
        var widgetLanguage = locale?.Split('-')[0].ToLowerInvariant();
        return StopWords.ByLanguage
            .Select(language => (language.Key, Count: words.Count(language.Value.Contains)))
            .OrderByDescending(language => language.Count)
            .ThenByDescending(language => language.Key == widgetLanguage)
            .ThenByDescending(language => language.Key == "en")
            .ThenBy(language => language.Key, StringComparer.Ordinal)
            .First().Key;
    }

    private static FrozenSet<string> Set(params string[] lines) =>
        lines.SelectMany(words => words.Split(' ')).ToFrozenSet(StringComparer.Ordinal);

    [GeneratedRegex(
        """
        \b(is|was|would|be)\ it\ (ok|okay|possible|allowed|necessary|true|safe|worth|hard|easy|normal|legal)\b
        | \bit\ (take|cost|mean|matter|make\ sense)\b.*\bto\b
        | \bit\ s\ possible\b
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex DummyPronounsEn();

    [GeneratedRegex(
        @"\bgibt es\b|\bes gibt\b|\b(ist|wäre) es (möglich|erlaubt|nötig)\b|\bes\b.*\bzu\b|\bgeht es um\b",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex DummyPronounsDe();

    [GeneratedRegex(@"\bil (y|faut|est possible)\b|\best il possible\b|\bfaut il\b|\by a t il\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DummyPronounsFr();

    [GeneratedRegex("(?!)", RegexOptions.None, 1000)]
    private static partial Regex Never();

    [GeneratedRegex(@"^(what|how) about\b|^same for\b|^tell me more\b|^what if not\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContinuationPhrasesEn();

    [GeneratedRegex(
        @"^(was ist|wie ist es|wie sieht es) (mit|bei)\b|^wie sieht s mit\b|^erzähl mehr\b",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex ContinuationPhrasesDe();

    [GeneratedRegex(@"^(qué tal|qué hay de|qué pasa con)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContinuationPhrasesEs();

    [GeneratedRegex(@"^qu en est il\b|^qu est ce qu il en est\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContinuationPhrasesFr();

    [GeneratedRegex(@"^(che ne dite di|che mi dite di|per quanto riguarda)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContinuationPhrasesIt();

    [GeneratedRegex(@"^(quanto a|que tal|em relação a)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContinuationPhrasesPt();

    [GeneratedRegex(@"^(ماذا عن|وماذا عن)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContinuationPhrasesAr();
}
