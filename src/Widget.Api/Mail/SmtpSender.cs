using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Widget.Api.Mail;

/// <summary>Sends an e-mail over SMTP.</summary>
internal sealed class SmtpSender(MailOptions options)
{
    private const int TlsPort = 465;
    private const int SubmissionPort = 587;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Sends an e-mail of the outbox.</summary>
    public Task SendAsync(OutboxMail mail, CancellationToken ct)
    {
        var calendar = mail is { Calendar: { } text, CalendarMethod: { } method } ? new CalendarPart(method, text) : null;
        var content = new MailContent(mail.Recipient, mail.Subject, mail.Text, mail.Html) { ReplyTo = mail.ReplyTo, Calendar = calendar };
        return SendAsync(mail.Id, mail.CreatedAt, content, ct);
    }

    /// <summary>Sends an e-mail.</summary>
    /// <param name="id">The same for each attempt.</param>
    /// <param name="createdAt">When it was caused.</param>
    /// <param name="mail">The e-mail.</param>
    /// <param name="ct">Cancels sending.</param>
    public async Task SendAsync(Guid id, DateTimeOffset createdAt, MailContent mail, CancellationToken ct)
    {
        using var message = Message(id, createdAt, mail);
        using var client = new SmtpClient { Timeout = (int)Timeout.TotalMilliseconds };
        var server = options.Server!;
        await client.ConnectAsync(server.DnsSafeHost, PortOf(server), SecurityOf(server), ct);
        if (Credentials(server) is { } credentials) await client.AuthenticateAsync(credentials.User, credentials.Password, ct);
        await client.SendAsync(message, ct);
        try
        {
            await client.DisconnectAsync(quit: true, ct);
        }
        catch (Exception e)
            when (e is OperationCanceledException or IOException or SocketException or ProtocolException or CommandException)
        {
            // The server has accepted the e-mail, so it must not be sent again. Disposing the client closes the connection.
        }
    }

    /// <summary>Whether the server will not accept this e-mail later either.</summary>
    public static bool IsFinal(Exception exception) =>
        exception is ParseException
        || exception is SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted } refused
            && (int)refused.StatusCode >= 500;

    /// <summary>The reason for operators. It contains neither the e-mail nor credentials.</summary>
    public static string Explain(Exception exception) => exception switch
    {
        ParseException => "The recipient is not an e-mail address.",
        AuthenticationException => "The SMTP server rejected the user name or password.",
        SslHandshakeException => "A TLS connection to the SMTP server could not be established.",
        SmtpCommandException refused => $"The SMTP server refused the e-mail with status {(int)refused.StatusCode}.",
        ServiceNotConnectedException or SmtpProtocolException or IOException => "The connection to the SMTP server was lost.",
        SocketException or TimeoutException or OperationCanceledException => "The SMTP server cannot be reached.",
        NotSupportedException => "The SMTP server does not offer TLS or authentication.",
        _ => "The e-mail could not be sent.",
    };

    private MimeMessage Message(Guid id, DateTimeOffset createdAt, MailContent mail)
    {
        var from = options.From!;
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            // The same for each attempt, so that mail programs recognize a repeated e-mail.
            MessageId = $"{id:N}@{from.Address.Split('@')[^1]}",
            Date = createdAt,
            Body = Body(mail),
        };
        message.From.Add(from);
        message.To.Add(new MailboxAddress(name: null, mail.Recipient));
        if (mail.ReplyTo is { } reply) message.ReplyTo.Add(new MailboxAddress(name: null, reply));
        // Asks mail servers not to send out-of-office replies (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    // An invitation is an alternative of the text, which calendar programs show with their buttons, and a file for all others.
    private static MimeEntity Body(MailContent mail)
    {
        var alternatives = new MultipartAlternative
        {
            new TextPart("plain") { Text = mail.Text },
            new TextPart("html") { Text = mail.Html },
        };
        if (mail.Calendar is not { } calendar) return alternatives;
        var invitation = new TextPart("calendar") { Text = calendar.Text };
        invitation.ContentType.Parameters.Add("method", calendar.Method);
        alternatives.Add(invitation);
        var file = new TextPart("calendar") { Text = calendar.Text, FileName = "invite.ics" };
        file.ContentType.MediaType = "application";
        file.ContentType.MediaSubtype = "ics";
        file.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = "invite.ics" };
        return new Multipart("mixed") { alternatives, file };
    }

    private static int PortOf(Uri server) => server.Port > 0 ? server.Port : server.Scheme == "smtps" ? TlsPort : SubmissionPort;

    // A password is never sent in clear text over a network.
    private static SecureSocketOptions SecurityOf(Uri server) =>
        server.Scheme == "smtps" ? SecureSocketOptions.SslOnConnect
        : server.UserInfo.Length > 0 && !server.IsLoopback ? SecureSocketOptions.StartTls
        : SecureSocketOptions.StartTlsWhenAvailable;

    private static (string User, string Password)? Credentials(Uri server) =>
        server.UserInfo.Split(':', 2) is [var user, var password]
            ? (Uri.UnescapeDataString(user), Uri.UnescapeDataString(password))
            : null;
}
