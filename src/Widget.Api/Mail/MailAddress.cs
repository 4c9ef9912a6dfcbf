using MimeKit;

namespace Widget.Api.Mail;

/// <summary>Checks e-mail addresses as the sender of e-mails reads them.</summary>
internal static class MailAddress
{
    // RFC 5321, section 4.5.3.1.1.
    private const int MaxLocalLength = 64;

    public const string Invalid = "email is not an e-mail address.";

    /// <summary>
    /// Whether the text is one address and nothing else: no name, no comment, no quoted part. What is stored is then what is sent to, and
    /// two spellings of a comment do not make two people.
    /// </summary>
    public static bool IsValid(string text)
    {
        var address = text.Trim();
        return !address.Any(character => char.IsWhiteSpace(character) || character is '<' or '"' or '(')
            && MailboxAddress.TryParse(address, out var mailbox)
            && mailbox.Address == address
            && address.IndexOf('@', StringComparison.Ordinal) is > 0 and <= MaxLocalLength and var at
            && IsDomain(address[(at + 1)..]);
    }

    // Public e-mail domains contain a dot. localhost is this machine.
    private static bool IsDomain(string domain)
    {
        var labels = domain.Split('.');
        return labels.All(IsLabel) && (labels.Length > 1 || domain.Equals("localhost", StringComparison.OrdinalIgnoreCase));
    }

    // RFC 1035, sections 2.3.1 and 2.3.4: at most 63 characters, no hyphen at either end.
    private static bool IsLabel(string label) => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-';

    /// <summary>The address as a link. Signs that a link may not contain are written as their codes.</summary>
    public static Uri Link(string address)
    {
        var at = address.LastIndexOf('@');
        return new Uri($"mailto:{Uri.EscapeDataString(address[..at])}@{address[(at + 1)..]}");
    }
}
