using System.Collections.Frozen;
using Widget.Api.Answers.SmallTalk;
using Widget.Rag.Text;

namespace Widget.Api.Answers;

/// <summary>What the assistant says without a model, in the visitor's language.</summary>
/// <param name="Language">ISO 639-1.</param>
/// <param name="NotFound">Said when the pages do not answer the question.</param>
/// <param name="Unavailable">Said when no knowledge base can be searched.</param>
/// <param name="Replies">The replies to small talk.</param>
public sealed record Phrases(string Language, string NotFound, string Unavailable, SmallTalkReplies Replies)
{
    private static readonly FrozenDictionary<string, Phrases> All = new Phrases[]
    {
        new(
            "en",
            "I could not find anything about that in our pages, so I would rather not guess. Would you like to talk to a person?",
            "I am sorry, I cannot look that up right now. Please try again in a moment, or talk to a person.",
            new SmallTalkReplies
            {
                Greeting = "Hello! What would you like to know?",
                Praise = "Great! Just ask if you would like to know anything else.",
                Thanks = "You are welcome! Is there anything else you would like to know?",
                Goodbye = "Goodbye! I am here whenever you have a question.",
                AboutAssistant = "I am an AI assistant. I answer your questions from our pages and show you the sources. "
                    + "If you would rather talk to a person, just say so.",
                Person = "Of course. I am an AI assistant, and I can pass your request on to our team.",
                Contact = "Thank you for your contact details. Would you like a person from our team to get back to you?",
                Complaint = "I am sorry about that. I am an AI assistant and cannot put it right myself, but our team can help. "
                    + "Would you like to talk to a person?",
                Booking = "We would be happy to arrange an appointment with you.",
            }),
        new(
            "de",
            "Dazu habe ich auf unseren Seiten nichts gefunden und möchte nicht raten. Möchten Sie mit einem Menschen sprechen?",
            "Es tut mir leid, ich kann das gerade nicht nachsehen. "
                + "Bitte versuchen Sie es gleich noch einmal, oder sprechen Sie mit einem Menschen.",
            new SmallTalkReplies
            {
                Greeting = "Hallo! Was möchten Sie wissen?",
                Praise = "Sehr gut! Fragen Sie einfach, wenn Sie noch etwas wissen möchten.",
                Thanks = "Gern geschehen! Möchten Sie noch etwas wissen?",
                Goodbye = "Auf Wiedersehen! Ich bin da, wenn Sie eine Frage haben.",
                AboutAssistant = "Ich bin ein KI-Assistent. Ich beantworte Ihre Fragen aus unseren Seiten und zeige Ihnen die Quellen. "
                    + "Wenn Sie lieber mit einem Menschen sprechen, sagen Sie es einfach.",
                Person = "Natürlich. Ich bin ein KI-Assistent und kann Ihre Anfrage an unser Team weitergeben.",
                Contact = "Danke für Ihre Kontaktdaten. Möchten Sie, dass sich ein Mensch aus unserem Team bei Ihnen meldet?",
                Complaint = "Das tut mir leid. Ich bin ein KI-Assistent und kann es nicht selbst in Ordnung bringen, "
                    + "aber unser Team kann helfen. Möchten Sie mit einem Menschen sprechen?",
                Booking = "Gern vereinbaren wir einen Termin mit Ihnen.",
            }),
        new(
            "es",
            "No he encontrado nada sobre eso en nuestras páginas y prefiero no adivinar. ¿Quiere hablar con una persona?",
            "Lo siento, ahora mismo no puedo consultarlo. Inténtelo de nuevo en un momento o hable con una persona.",
            new SmallTalkReplies
            {
                Greeting = "¡Hola! ¿Qué le gustaría saber?",
                Praise = "¡Estupendo! Si quiere saber algo más, pregunte sin problema.",
                Thanks = "¡De nada! ¿Le gustaría saber algo más?",
                Goodbye = "¡Hasta pronto! Estoy aquí cuando tenga una pregunta.",
                AboutAssistant = "Soy un asistente de IA. Respondo a sus preguntas con nuestras páginas y le muestro las fuentes. "
                    + "Si prefiere hablar con una persona, dígamelo.",
                Person = "Por supuesto. Soy un asistente de IA y puedo pasar su solicitud a nuestro equipo.",
                Contact = "Gracias por sus datos de contacto. ¿Quiere que una persona de nuestro equipo se ponga en contacto con usted?",
                Complaint = "Lo siento mucho. Soy un asistente de IA y no puedo solucionarlo, pero nuestro equipo puede ayudarle. "
                    + "¿Quiere hablar con una persona?",
                Booking = "Con mucho gusto concertamos una cita con usted.",
            }),
        new(
            "ar",
            "لم أجد شيئًا عن ذلك في صفحاتنا، ولا أودّ أن أخمّن. هل تودّ التحدث إلى شخص؟",
            "عذرًا، لا أستطيع البحث عن ذلك الآن. يُرجى المحاولة بعد قليل أو التحدث إلى شخص.",
            new SmallTalkReplies
            {
                Greeting = "مرحبًا! ماذا تودّ أن تعرف؟",
                Praise = "رائع! اسأل متى شئت إن أردت معرفة شيء آخر.",
                Thanks = "على الرحب والسعة! هل تودّ معرفة شيء آخر؟",
                Goodbye = "إلى اللقاء! أنا هنا متى كان لديك سؤال.",
                AboutAssistant = "أنا مساعد يعمل بالذكاء الاصطناعي. أجيب عن أسئلتك من صفحاتنا وأعرض لك المصادر. "
                    + "إذا كنت تفضّل التحدث إلى شخص، فأخبرني بذلك.",
                Person = "بالتأكيد. أنا مساعد يعمل بالذكاء الاصطناعي، ويمكنني تمرير طلبك إلى فريقنا.",
                Contact = "شكرًا على بيانات الاتصال. هل تودّ أن يتواصل معك شخص من فريقنا؟",
                Complaint = "أعتذر عن ذلك. أنا مساعد يعمل بالذكاء الاصطناعي ولا أستطيع حلّ الأمر بنفسي، لكن فريقنا يستطيع المساعدة. "
                    + "هل تودّ التحدث إلى شخص؟",
                Booking = "يسعدنا ترتيب موعد معك.",
            }),
    }.ToFrozenDictionary(phrases => phrases.Language);

    /// <summary>Said before the visitor has asked anything.</summary>
    public string Hello => Replies.Greeting;

    /// <summary>
    /// The phrases in the message's language if it can be detected, else in the widget's language, else in English. A visitor who writes
    /// German in an English browser gets a German reply.
    /// </summary>
    public static Phrases For(string? locale, string message)
    {
        if (LanguageDetector.DetectCertain(message) is { } written && All.TryGetValue(written, out var phrases)) return phrases;
        if (locale?.Split('-')[0].ToLowerInvariant() is { } language && All.TryGetValue(language, out phrases)) return phrases;
        // Small talk is often too short to detect its language, so its phrases decide.
        var detected = SmallTalkReader.Read(message)?.Language ?? LanguageDetector.DetectQuestion(message);
        return All.TryGetValue(detected, out phrases) ? phrases : All["en"];
    }

    /// <summary>The reply to a message that asks nothing about the company, and needs no source; null for any other message.</summary>
    public SmallTalkReply? SmallTalk(string message) =>
        SmallTalkReader.Read(message, Language) is { Kind: var kind } ? new SmallTalkReply(kind, Replies.To(kind)) : null;
}
