using System.Globalization;

namespace Widget.Api.Inbox;

/// <summary>The texts of e-mails about conversations with people, in one language.</summary>
internal sealed record HandoffWords
{
    public required string Locale { get; init; }

    /// <summary>The visitor, if the name is not known.</summary>
    public required string Visitor { get; init; }

    public required string Assistant { get; init; }

    public required string Email { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    /// <summary>To reps. {0} is the visitor, after a colon because it may be a phrase such as "A visitor"; {1} is the company.</summary>
    public required string RepsSubject { get; init; }

    /// <summary>To reps. {1} is the company.</summary>
    public required string RepsText { get; init; }

    public required string RepsFooter { get; init; }

    /// <summary>To the visitor. {0} is the rep, {1} the company.</summary>
    public required string MissedSubject { get; init; }

    public required string MissedText { get; init; }

    public required string Continue { get; init; }

    /// <summary>Why the visitor gets the e-mail. {0} is the company.</summary>
    public required string MissedFooter { get; init; }

    private static readonly HandoffWords English = new()
    {
        Locale = "en",
        Visitor = "A visitor",
        Assistant = "Assistant",
        Email = "E-mail",
        Reason = "Reason",
        Message = "Message",
        RepsSubject = "A conversation is waiting in the chat of {1}: {0}",
        RepsText = "A conversation is waiting in the chat of {1}, and nobody has accepted it yet.",
        RepsFooter = "The conversation waits in your inbox. If the visitor left an address, you can also reply to this e-mail.",
        MissedSubject = "{0} of {1} has replied to you",
        MissedText = "{0} of {1} has replied to you in the chat:",
        Continue = "Continue the conversation",
        MissedFooter = "You are receiving this e-mail because this address was left in the chat of {0}. "
            + "If it wasn't you, you can ignore this e-mail.",
    };

    private static readonly HandoffWords German = new()
    {
        Locale = "de",
        Visitor = "Ein Besucher",
        Assistant = "Assistent",
        Email = "E-Mail",
        Reason = "Grund",
        Message = "Nachricht",
        RepsSubject = "Im Chat von {1} wartet eine Unterhaltung: {0}",
        RepsText = "Im Chat von {1} wartet eine Unterhaltung, und bisher hat sie niemand übernommen.",
        RepsFooter = "Die Unterhaltung wartet in Ihrem Posteingang. Wenn der Besucher eine Adresse hinterlassen hat, "
            + "können Sie auch auf diese E-Mail antworten.",
        MissedSubject = "{0} von {1} hat Ihnen geantwortet",
        MissedText = "{0} von {1} hat Ihnen im Chat geantwortet:",
        Continue = "Unterhaltung fortsetzen",
        MissedFooter = "Sie erhalten diese E-Mail, weil diese Adresse im Chat von {0} angegeben wurde. "
            + "Wenn Sie das nicht waren, können Sie sie ignorieren.",
    };

    private static readonly HandoffWords Spanish = new()
    {
        Locale = "es",
        Visitor = "Un visitante",
        Assistant = "Asistente",
        Email = "Correo",
        Reason = "Motivo",
        Message = "Mensaje",
        RepsSubject = "Una conversación espera en el chat de {1}: {0}",
        RepsText = "Una conversación espera en el chat de {1} y nadie la ha aceptado todavía.",
        RepsFooter = "La conversación espera en su bandeja de entrada. Si el visitante dejó una dirección, "
            + "también puede responder a este correo.",
        MissedSubject = "{0} de {1} le ha respondido",
        MissedText = "{0} de {1} le ha respondido en el chat:",
        Continue = "Continuar la conversación",
        MissedFooter = "Recibe este correo porque se dejó esta dirección en el chat de {0}. Si no fue usted, puede ignorarlo.",
    };

    private static readonly HandoffWords Arabic = new()
    {
        Locale = "ar",
        Visitor = "زائر",
        Assistant = "المساعد",
        Email = "البريد الإلكتروني",
        Reason = "السبب",
        Message = "الرسالة",
        RepsSubject = "محادثة تنتظر في دردشة {1}: {0}",
        RepsText = "محادثة تنتظر في دردشة {1}، ولم يقبلها أحد بعد.",
        RepsFooter = "المحادثة في انتظاركم في صندوق الوارد. إذا ترك الزائر عنوانًا، فيمكنكم أيضًا الرد على هذه الرسالة.",
        MissedSubject = "ردّ عليك {0} من {1}",
        MissedText = "ردّ عليك {0} من {1} في الدردشة:",
        Continue = "متابعة المحادثة",
        MissedFooter = "وصلتك هذه الرسالة لأن هذا العنوان تُرك في دردشة {0}. إذا لم تكن أنت، فيمكنك تجاهلها.",
    };

    /// <summary>The direction in which the language is written.</summary>
    public string Direction => Locale == "ar" ? "rtl" : "ltr";

    /// <summary>Returns the texts for a locale such as <c>de</c> or <c>de-AT</c>. English for other languages.</summary>
    public static HandoffWords Of(string? locale) => locale?.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "de" => German,
        "es" => Spanish,
        "ar" => Arabic,
        _ => English,
    };

    public static string Fill(string pattern, params object[] values) => string.Format(CultureInfo.InvariantCulture, pattern, values);
}
