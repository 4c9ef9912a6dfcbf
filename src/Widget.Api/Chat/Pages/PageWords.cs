using Microsoft.Net.Http.Headers;
using Widget.Contracts;

namespace Widget.Api.Chat.Pages;

/// <summary>The texts of a company's page in one language. {0} is the company unless a parameter says otherwise.</summary>
/// <param name="Locale">The language.</param>
/// <param name="Title">The title in a tab or a preview.</param>
/// <param name="Greeting">The heading, if the company has no greeting of its own.</param>
/// <param name="Introduction">What the assistant does, if the company does not say it; {0} is the assistant, {1} the company.</param>
/// <param name="Assistant">What the assistant is.</param>
/// <param name="Questions">The heading of the suggested questions.</param>
/// <param name="Contact">The link to a person.</param>
/// <param name="NeedsScript">Shown without JavaScript.</param>
/// <param name="NotFoundTitle">The heading of the page for an unknown address.</param>
/// <param name="NotFound">The text of the page for an unknown address.</param>
internal sealed record PageWords(
    string Locale,
    string Title,
    string Greeting,
    string Introduction,
    string Assistant,
    string Questions,
    string Contact,
    string NeedsScript,
    string NotFoundTitle,
    string NotFound)
{
    private static readonly PageWords English = new(
        "en",
        "{0}: ask our AI assistant",
        "How can we help?",
        "{0} is the AI assistant of {1}. It answers from our own pages and documents, and shows where each answer comes from.",
        "AI assistant",
        "Questions you can ask",
        "Contact us",
        "The chat needs JavaScript. Please turn it on in your browser.",
        "Page not found",
        "No company uses this address. Please check it for typos.");

    private static readonly PageWords German = new(
        "de",
        "{0}: Fragen Sie unseren KI-Assistenten",
        "Wie können wir helfen?",
        "{0} ist der KI-Assistent von {1}. Die Antworten stammen aus unseren eigenen Seiten und Dokumenten, mit Angabe der Quelle.",
        "KI-Assistent",
        "Das können Sie fragen",
        "Kontakt",
        "Der Chat benötigt JavaScript. Bitte schalten Sie es in Ihrem Browser ein.",
        "Seite nicht gefunden",
        "Unter dieser Adresse gibt es kein Unternehmen. Bitte prüfen Sie die Schreibweise.");

    private static readonly PageWords Spanish = new(
        "es",
        "{0}: pregunte a nuestro asistente de IA",
        "¿En qué podemos ayudarle?",
        "{0} es el asistente de IA de {1}. Responde a partir de nuestras páginas y documentos e indica la fuente de cada respuesta.",
        "Asistente de IA",
        "Preguntas que puede hacer",
        "Contacto",
        "El chat necesita JavaScript. Actívelo en su navegador.",
        "Página no encontrada",
        "Ninguna empresa usa esta dirección. Compruebe que esté bien escrita.");

    private static readonly PageWords Arabic = new(
        "ar",
        "{0}: اسأل مساعد الذكاء الاصطناعي",
        "كيف يمكننا مساعدتك؟",
        "{0} هو مساعد الذكاء الاصطناعي لدى {1}. يجيب من صفحاتنا ووثائقنا، ويوضح مصدر كل إجابة.",
        "مساعد ذكاء اصطناعي",
        "أسئلة يمكنك طرحها",
        "اتصل بنا",
        "تحتاج الدردشة إلى JavaScript. يُرجى تفعيله في متصفحك.",
        "الصفحة غير موجودة",
        "لا توجد شركة تستخدم هذا العنوان. يُرجى التحقق من كتابته.");

    private static readonly PageWords[] All = [English, German, Spanish, Arabic];

    /// <summary>The direction in which the language is written.</summary>
    public string Direction => Locale == "ar" ? "rtl" : "ltr";

    /// <summary>Returns the texts in the browser's preferred language. English if we have none of its languages.</summary>
    public static PageWords Of(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(language => language.Quality ?? 1);
        return accepted.Select(Find).FirstOrDefault(words => words is not null) ?? English;
    }

    /// <summary>Returns the texts in the language that the tenant has set. If the tenant has set none, returns this instance.</summary>
    public PageWords For(TenantSettings settings) =>
        Array.Find(All, words => words.Locale == settings.Locale) ?? this;

    private static PageWords? Find(StringWithQualityHeaderValue language) =>
        Array.Find(All, words => string.Equals(words.Locale, language.Value.Value?.Split('-')[0], StringComparison.OrdinalIgnoreCase));
}
