using Widget.Api.Tenancy;

namespace Widget.Api.Accounts.Mails;

/// <summary>What one e-mail says around its link.</summary>
/// <param name="Subject">The subject. <c>{0}</c> is the company.</param>
/// <param name="Text">The paragraph. <c>{0}</c> is the company, <c>{1}</c> who invites, <c>{2}</c> the role.</param>
/// <param name="Action">The label of the link.</param>
/// <param name="Footer">What to do if the e-mail is not expected.</param>
internal sealed record AccountMailText(string Subject, string Text, string Action, string Footer);

/// <summary>The words of the e-mails to people who sign in, in the languages of the console.</summary>
internal sealed record AccountMailWords
{
    private static readonly AccountMailWords English = new()
    {
        Language = "en",
        Confirm = new(
            "Confirm your e-mail address",
            "Please confirm that this is your e-mail address.",
            "Confirm address",
            "The link is valid for one day. If you have no account with us, ignore this e-mail."),
        Reset = new(
            "Set a new password",
            "Somebody, probably you, asked for a new password for your account.",
            "Set a new password",
            "The link is valid for one day and works once. If you did not ask for it, ignore this e-mail: your password stays as it is."),
        Changed = new(
            "Your password was changed",
            "The password of your account was changed. All other sessions were ended.",
            "Set a new password",
            "If it was not you, set a new password now."),
        Invite = new(
            "Invitation to {0}",
            "{1} invites you to the team of {0}, as {2}.",
            "Accept the invitation",
            "The link is valid for seven days and works once. If you do not know the sender, ignore this e-mail."),
        Operator = "The operator",
        Roles = ["owner", "administrator", "representative", "viewer"],
    };

    private static readonly AccountMailWords German = new()
    {
        Language = "de",
        Confirm = new(
            "Bestätigen Sie Ihre E-Mail-Adresse",
            "Bitte bestätigen Sie, dass dies Ihre E-Mail-Adresse ist.",
            "Adresse bestätigen",
            "Der Link gilt einen Tag. Wenn Sie kein Konto bei uns haben, können Sie diese E-Mail ignorieren."),
        Reset = new(
            "Neues Passwort festlegen",
            "Jemand, vermutlich Sie selbst, hat ein neues Passwort für Ihr Konto angefordert.",
            "Neues Passwort festlegen",
            "Der Link gilt einen Tag und nur einmal. Wenn Sie nichts angefordert haben, ignorieren Sie diese E-Mail: "
            + "Ihr Passwort bleibt, wie es ist."),
        Changed = new(
            "Ihr Passwort wurde geändert",
            "Das Passwort Ihres Kontos wurde geändert. Alle anderen Sitzungen wurden beendet.",
            "Neues Passwort festlegen",
            "Wenn Sie das nicht waren, legen Sie jetzt ein neues Passwort fest."),
        Invite = new(
            "Einladung zu {0}",
            "{1} lädt Sie in das Team von {0} ein. Ihre Rolle: {2}.",
            "Einladung annehmen",
            "Der Link gilt sieben Tage und nur einmal. Wenn Sie den Absender nicht kennen, ignorieren Sie diese E-Mail."),
        Operator = "Der Betreiber",
        Roles = ["Inhaber", "Administrator", "Vertrieb", "Betrachter"],
    };

    private static readonly AccountMailWords Spanish = new()
    {
        Language = "es",
        Confirm = new(
            "Confirme su dirección de correo",
            "Confirme, por favor, que esta es su dirección de correo.",
            "Confirmar la dirección",
            "El enlace es válido durante un día. Si no tiene una cuenta con nosotros, ignore este correo."),
        Reset = new(
            "Establecer una contraseña nueva",
            "Alguien, probablemente usted, ha pedido una contraseña nueva para su cuenta.",
            "Establecer una contraseña nueva",
            "El enlace es válido durante un día y sirve una sola vez. Si no la ha pedido, ignore este correo: su contraseña no cambia."),
        Changed = new(
            "Su contraseña ha cambiado",
            "La contraseña de su cuenta ha cambiado. Las demás sesiones se han cerrado.",
            "Establecer una contraseña nueva",
            "Si no ha sido usted, establezca ahora una contraseña nueva."),
        Invite = new(
            "Invitación a {0}",
            "{1} le invita al equipo de {0}. Su función: {2}.",
            "Aceptar la invitación",
            "El enlace es válido durante siete días y sirve una sola vez. Si no conoce al remitente, ignore este correo."),
        Operator = "El operador",
        Roles = ["propietario", "administrador", "comercial", "lector"],
    };

    public required string Language { get; init; }

    public required AccountMailText Confirm { get; init; }

    public required AccountMailText Reset { get; init; }

    public required AccountMailText Changed { get; init; }

    public required AccountMailText Invite { get; init; }

    /// <summary>Who invites the first owner of a company.</summary>
    public required string Operator { get; init; }

    /// <summary>The names of owners, administrators, representatives and viewers.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <param name="language">A locale such as <c>de</c> or <c>de-AT</c>. English for other languages.</param>
    public static AccountMailWords Of(string? language) => Find(language) ?? English;

    /// <summary>The words in the browser's preferred language.</summary>
    public static AccountMailWords Of(HttpContext? http) => http?.Request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => Find(language.Value.Value))
        .FirstOrDefault(words => words is not null) ?? English;

    public string Name(Role role) => role switch
    {
        Role.Owner => Roles[0],
        Role.Admin => Roles[1],
        Role.Rep => Roles[2],
        _ => Roles[3],
    };

    private static AccountMailWords? Find(string? locale) => locale?.Split('-', 2)[0].ToLowerInvariant() switch
    {
        "en" => English,
        "de" => German,
        "es" => Spanish,
        _ => null,
    };
}
