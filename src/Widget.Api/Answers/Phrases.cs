using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>What the assistant says without a model, in the visitor's language.</summary>
public sealed partial record Phrases(string Language, string Hello, string Welcome, string Bye, string NotFound, string Unavailable)
{
    private static readonly FrozenDictionary<string, Phrases> All = new Phrases[]
    {
        new(
            "en",
            "Hello! What would you like to know?",
            "You are welcome! Is there anything else you would like to know?",
            "Goodbye! I am here whenever you have a question.",
            "I could not find anything about that in our pages, so I would rather not guess. Would you like to talk to a person?",
            "I am sorry, I cannot look that up right now. Please try again in a moment, or talk to a person."),
        new(
            "de",
            "Hallo! Was möchten Sie wissen?",
            "Gern geschehen! Möchten Sie noch etwas wissen?",
            "Auf Wiedersehen! Ich bin da, wenn Sie eine Frage haben.",
            "Dazu habe ich auf unseren Seiten nichts gefunden und möchte nicht raten. Möchten Sie mit einem Menschen sprechen?",
            "Es tut mir leid, ich kann das gerade nicht nachsehen. "
                + "Bitte versuchen Sie es gleich noch einmal, oder sprechen Sie mit einem Menschen."),
        new(
            "es",
            "¡Hola! ¿Qué le gustaría saber?",
            "¡De nada! ¿Le gustaría saber algo más?",
            "¡Hasta pronto! Estoy aquí cuando tenga una pregunta.",
            "No he encontrado nada sobre eso en nuestras páginas y prefiero no adivinar. ¿Quiere hablar con una persona?",
            "Lo siento, ahora mismo no puedo consultarlo. Inténtelo de nuevo en un momento o hable con una persona."),
        new(
            "ar",
            "مرحبًا! ماذا تودّ أن تعرف؟",
            "على الرحب والسعة! هل تودّ معرفة شيء آخر؟",
            "إلى اللقاء! أنا هنا متى كان لديك سؤال.",
            "لم أجد شيئًا عن ذلك في صفحاتنا، ولا أودّ أن أخمّن. هل تودّ التحدث إلى شخص؟",
            "عذرًا، لا أستطيع البحث عن ذلك الآن. يُرجى المحاولة بعد قليل أو التحدث إلى شخص."),
    }.ToFrozenDictionary(phrases => phrases.Language);

    /// <summary>The phrases in the widget's language, else in the question's, else in English.</summary>
    public static Phrases For(string? locale, string question)
    {
        if (locale?.Split('-')[0].ToLowerInvariant() is { } language && All.TryGetValue(language, out var phrases)) return phrases;
        return LanguageDetector.Detect(question) is { } detected && All.TryGetValue(detected, out phrases) ? phrases : All["en"];
    }

    /// <summary>The reply to a message that only greets, thanks or says goodbye, and needs no source; null for any other message.</summary>
    public string? SmallTalk(string message) =>
        Greeting().IsMatch(message) ? Hello
        : Thanks().IsMatch(message) ? Welcome
        : Leave().IsMatch(message) ? Bye
        : null;

    [GeneratedRegex(
        """
        ^\W*(
          h(i|ello|ey|allo)(\ there)? | good\ (morning|afternoon|evening|day)
          | guten\ (morgen|tag|abend) | servus | moin | gr(ü|ue)(ß|ss)\ (gott|dich|sie)
          | hola | buen(os|as)\ (d(í|i)as|tardes|noches) | مرحبا\w* | السلام\ عليكم | أهلا\w*
        )\W*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Greeting();

    [GeneratedRegex(
        """
        ^\W*((great|perfect|ok|super|gut)\W+)?(many\ )?(
          thanks(\ (a\ lot|very\ much))? | thank\ you(\ (very|so)\ much)?
          | (vielen\ )?dank(e(\ sch(ö|oe)n)?)? | (muchas\ )?gracias | شكرا\w*
        )\W*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Thanks();

    [GeneratedRegex(
        """
        ^\W*(
          (good)?bye(\ bye)? | see\ you(\ (later|soon))? | auf\ wiedersehen | tsch(ü|ue)ss? | bis\ bald
          | adi(ó|o)s | hasta\ (luego|pronto) | مع\ السلامة
        )\W*$
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Leave();
}
