using System.Text.Encodings.Web;
using System.Text.Unicode;
using Widget.Api.Mail;

namespace Widget.Api.Accounts.Mails;

/// <summary>Writes e-mails to people who sign in.</summary>
internal static class AccountMailTexts
{
    // Text of all languages is readable in the source of the e-mail, too.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    public static MailContent Confirm(string email, string link) => Write(
        email,
        "Confirm your e-mail address",
        ["Please confirm that this is your e-mail address."],
        ("Confirm address", link),
        "The link is valid for one day. If you have no account with us, ignore this e-mail.");

    public static MailContent Reset(string email, string link) => Write(
        email,
        "Set a new password",
        ["Somebody, probably you, asked for a new password for your account."],
        ("Set a new password", link),
        "The link is valid for one day and works once. If you did not ask for it, ignore this e-mail: your password stays as it is.");

    public static MailContent Changed(string email, string link) => Write(
        email,
        "Your password was changed",
        ["The password of your account was changed. All other sessions were ended."],
        ("Set a new password", link),
        "If it was not you, set a new password now.");

    public static MailContent Invite(string email, string company, string inviter, string role, string link) => Write(
        email,
        $"Invitation to {company}",
        [$"{inviter} invites you to the team of {company}, as {role}."],
        ("Accept the invitation", link),
        "The link is valid for seven days and works once. If you do not know the sender, ignore this e-mail.");

    private static MailContent Write(string email, string subject, string[] paragraphs, (string Label, string Link) action, string footer)
    {
        var text = string.Join("\n\n", [.. paragraphs, $"{action.Label}: {action.Link}", footer]);
        var html = "<!doctype html><html lang=\"en\"><body style=\"font:16px/1.5 system-ui,sans-serif;color:#1c1c1c\">"
            + string.Concat(paragraphs.Select(paragraph => $"<p>{Html.Encode(paragraph)}</p>"))
            + $"<p><a href=\"{Html.Encode(action.Link)}\">{Html.Encode(action.Label)}</a></p>"
            + $"<p style=\"color:#666;font-size:14px\">{Html.Encode(footer)}</p></body></html>";
        // A line break in a name must not add a header.
        return new MailContent(email, subject.ReplaceLineEndings(" "), text, html);
    }
}
