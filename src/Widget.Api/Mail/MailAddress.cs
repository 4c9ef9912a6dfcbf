using MimeKit;

namespace Widget.Api.Mail;

/// <summary>Checks e-mail addresses as the sender of e-mails reads them.</summary>
internal static class MailAddress
{
    public const string Invalid = "email is not an e-mail address.";

    /// <summary>Whether the text is one address, without a name.</summary>
    public static bool IsValid(string text) =>
        !text.Contains('<', StringComparison.Ordinal)
        && MailboxAddress.TryParse(text.Trim(), out var mailbox)
        && mailbox.Address.Contains('@', StringComparison.Ordinal);
}
