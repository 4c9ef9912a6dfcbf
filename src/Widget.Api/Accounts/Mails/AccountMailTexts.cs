using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Widget.Api.Mail;
using Widget.Api.Tenancy;

namespace Widget.Api.Accounts.Mails;

/// <summary>Writes e-mails to people who sign in.</summary>
internal static class AccountMailTexts
{
    // Text of all languages is readable in the source of the e-mail, too.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    public static MailContent Confirm(AccountMailWords words, string email, string link) => Write(words, words.Confirm, email, link);

    public static MailContent Reset(AccountMailWords words, string email, string link) => Write(words, words.Reset, email, link);

    public static MailContent Changed(AccountMailWords words, string email, string link) => Write(words, words.Changed, email, link);

    /// <param name="words">The language.</param>
    /// <param name="email">Who is invited.</param>
    /// <param name="company">The company's name.</param>
    /// <param name="inviter">Who invites; null for the operator.</param>
    /// <param name="role">The role that the person gets.</param>
    /// <param name="link">Where the invitation is accepted.</param>
    public static MailContent Invite(AccountMailWords words, string email, string company, string? inviter, Role role, string link) =>
        Write(words, words.Invite, email, link, company, inviter ?? words.Operator, words.Name(role));

    private static MailContent Write(AccountMailWords words, AccountMailText mail, string email, string link, params object[] values)
    {
        var (subject, paragraph) = (Fill(mail.Subject, values), Fill(mail.Text, values));
        var text = string.Join("\n\n", paragraph, $"{mail.Action}: {link}", mail.Footer);
        var html = $"<!doctype html><html lang=\"{words.Language}\"><body style=\"font:16px/1.5 system-ui,sans-serif;color:#1c1c1c\">"
            + $"<p>{Html.Encode(paragraph)}</p>"
            + $"<p><a href=\"{Html.Encode(link)}\">{Html.Encode(mail.Action)}</a></p>"
            + $"<p style=\"color:#666;font-size:14px\">{Html.Encode(mail.Footer)}</p></body></html>";
        // A line break in a name must not add a header.
        return new MailContent(email, subject.ReplaceLineEndings(" "), text, html);
    }

    private static string Fill(string text, object[] values) => string.Format(CultureInfo.InvariantCulture, text, values);
}
