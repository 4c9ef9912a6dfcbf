using MimeKit;
using Widget.Api.Configuration;

namespace Widget.Api.Mail;

/// <summary>The server that sends e-mails (WIDGET_SMTP_URL, WIDGET_MAIL_FROM).</summary>
public sealed record MailOptions
{
    private const string Example = "smtps://user:password@mail.example.com:465";

    /// <summary>
    /// The SMTP server: <c>smtps</c> for TLS from the start, <c>smtp</c> for STARTTLS. Null if no e-mails are sent.
    /// </summary>
    public Uri? Server { get; init; }

    /// <summary>The sender of all e-mails. Required with a server.</summary>
    public MailboxAddress? From { get; init; }

    /// <summary>Whether e-mails can be sent.</summary>
    public bool IsConfigured => Server is not null && From is not null;

    /// <summary>The pause after the first failed attempt. It doubles with each attempt.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMinutes(1);

    internal static MailOptions Read(Variables variables)
    {
        Uri? server = null;
        if (variables.Text("WIDGET_SMTP_URL") is { } url
            && (!Uri.TryCreate(url, UriKind.Absolute, out server)
                || server is not { Scheme: "smtp" or "smtps", Host.Length: > 0, AbsolutePath: "" or "/", Query: "", Fragment: "" }))
        {
            // The value may contain a password, so the message doesn't repeat it.
            variables.Errors.Add($"WIDGET_SMTP_URL is not the address of an SMTP server such as {Example}.");
            server = null;
        }

        if (server is { UserInfo.Length: > 0 } && server.UserInfo.Split(':', 2) is not [{ Length: > 0 }, { Length: > 0 }])
        {
            variables.Errors.Add($"WIDGET_SMTP_URL needs both a user and a password, or neither. Write an address such as {Example}.");
            server = null;
        }

        MailboxAddress? from = null;
        if (variables.Text("WIDGET_MAIL_FROM") is { } sender
            && !(MailboxAddress.TryParse(sender, out from) && from.Address.Contains('@', StringComparison.Ordinal)))
        {
            variables.Errors.Add($"WIDGET_MAIL_FROM is \"{sender}\". Write an address such as Widget <chat@example.com>.");
            from = null;
        }

        if (variables.Errors.Count == 0 && server is not null && from is null)
            variables.Errors.Add("WIDGET_MAIL_FROM is not set. Set it to the sender of e-mails, because WIDGET_SMTP_URL is set.");
        if (variables.Errors.Count == 0 && from is not null && server is null)
            variables.Errors.Add("WIDGET_MAIL_FROM is set, but WIDGET_SMTP_URL, the server that sends e-mails, is not.");
        return new MailOptions { Server = server, From = from };
    }
}
