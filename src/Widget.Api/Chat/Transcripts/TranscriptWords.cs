namespace Widget.Api.Chat.Transcripts;

/// <summary>The texts of an e-mailed transcript in one language.</summary>
/// <param name="Locale">The language.</param>
/// <param name="Subject">The subject; {0} is the company.</param>
/// <param name="Introduction">The first paragraph; {0} is the assistant, {1} the company.</param>
/// <param name="Visitor">The visitor's name in the transcript.</param>
/// <param name="Sources">The heading of an answer's sources.</param>
/// <param name="ContactGiven">The visitor left contact details; {0} are the details.</param>
/// <param name="ContactDeclined">The visitor declined to leave contact details.</param>
/// <param name="Footer">Why the recipient gets the e-mail; {0} is the company.</param>
internal sealed record TranscriptWords(
    string Locale,
    string Subject,
    string Introduction,
    string Visitor,
    string Sources,
    string ContactGiven,
    string ContactDeclined,
    string Footer)
{
    private static readonly TranscriptWords English = new(
        "en",
        "Your conversation with {0}",
        "Here is your conversation with {0}, the AI assistant of {1}.",
        "You",
        "Sources",
        "Left contact details: {0}",
        "Chose not to leave contact details.",
        "You are receiving this e-mail because someone requested this transcript in the chat of {0}. "
            + "If it wasn't you, you can ignore this e-mail.");

    private static readonly TranscriptWords German = new(
        "de",
        "Ihre Unterhaltung mit {0}",
        "Hier ist Ihre Unterhaltung mit {0}, dem KI-Assistenten von {1}.",
        "Sie",
        "Quellen",
        "Kontaktdaten hinterlassen: {0}",
        "Keine Kontaktdaten hinterlassen.",
        "Sie erhalten diese E-Mail, weil dieses Protokoll im Chat von {0} angefordert wurde. "
            + "Wenn Sie das nicht waren, können Sie sie ignorieren.");

    private static readonly TranscriptWords Spanish = new(
        "es",
        "Su conversación con {0}",
        "Esta es su conversación con {0}, el asistente de IA de {1}.",
        "Usted",
        "Fuentes",
        "Dejó sus datos de contacto: {0}",
        "Prefirió no dejar sus datos de contacto.",
        "Recibe este correo porque alguien solicitó esta transcripción en el chat de {0}. Si no fue usted, puede ignorarlo.");

    private static readonly TranscriptWords Arabic = new(
        "ar",
        "محادثتك مع {0}",
        "إليك محادثتك مع {0}، مساعد الذكاء الاصطناعي لدى {1}.",
        "أنت",
        "المصادر",
        "تركتَ بيانات الاتصال: {0}",
        "اخترتَ عدم ترك بيانات الاتصال.",
        "وصلتك هذه الرسالة لأن شخصًا طلب نسخة من هذه المحادثة في دردشة {0}. إذا لم تكن أنت، فيمكنك تجاهلها.");

    /// <summary>The direction in which the language is written.</summary>
    public string Direction => Locale == "ar" ? "rtl" : "ltr";

    /// <summary>Returns the texts for a locale such as <c>de</c> or <c>de-AT</c>. English for other languages.</summary>
    public static TranscriptWords Of(string? locale) => locale?.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "de" => German,
        "es" => Spanish,
        "ar" => Arabic,
        _ => English,
    };
}
