using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Widget.Api.Mail;
using Widget.Api.SpokenMarkdown;
using Widget.Contracts;

namespace Widget.Api.Chat.Transcripts;

/// <summary>Renders a conversation as an e-mail with a text part and an HTML part.</summary>
internal sealed partial class TranscriptMail(TranscriptWords words, string agent, string company)
{
    // Answers quote texts from other sites, so HTML in them is shown as text.
    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePipeTables().DisableHtml().Build();

    // Text of all languages is readable in the source of the e-mail, too.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Returns the e-mail, with messages, and contact details given or declined. Other events are left out.</summary>
    public MailContent Render(string recipient, IReadOnlyList<ConversationEvent> events)
    {
        var introduction = Fill(words.Introduction, agent, company);
        var footer = Fill(words.Footer, company);
        var text = new StringBuilder(introduction).Append("\n\n");
        var html = new StringBuilder();
        foreach (var entry in events)
        {
            switch (entry)
            {
                case VisitorMessage message:
                    AddWords(text, html, words.Visitor, message.At, Files(message.Text, message.Attachments));
                    break;
                case PersonMessage said:
                    var written = Files(said.Text, said.Attachments);
                    AddMessage(text, html, said.Name, said.At, written, Paragraphs(written));
                    break;
                case Utterance said:
                    var speaker = said.Speaker == Speaker.Visitor ? words.Visitor : agent;
                    // The visitor's page may have reported what the assistant said, so it is not trusted either.
                    AddWords(text, html, speaker, said.At, said.Text);
                    break;
                case AssistantMessage answer:
                    AddMessage(text, html, agent, answer.At, SpokenText.Of(answer.Text), ToHtml(answer.Text));
                    AddSources(text, html, answer.Citations);
                    break;
                case ContactGiven given:
                    string[] details = [.. new[] { given.Name, given.Email, given.Phone }.OfType<string>()];
                    AddWords(text, html, words.Visitor, given.At, Fill(words.ContactGiven, string.Join(", ", details)));
                    break;
                case ContactDeclined declined:
                    AddWords(text, html, words.Visitor, declined.At, words.ContactDeclined);
                    break;
            }
        }

        text.Append("--\n").Append(footer).Append('\n');
        return new MailContent(recipient, OneLine(Fill(words.Subject, company)), text.ToString(), Document(introduction, html, footer));
    }

    // Files are named only. Their links would give access to them to whoever gets the e-mail.
    private static string Files(string text, IReadOnlyList<Attachment> attachments) =>
        string.Join('\n', attachments.Select(file => $"[{file.Name}]").Prepend(text).Where(line => line.Length > 0));

    private static void AddWords(StringBuilder text, StringBuilder html, string name, DateTimeOffset at, string said)
    {
        var defused = Defuse(said);
        AddMessage(text, html, name, at, defused, Paragraphs(defused));
    }

    // Anybody can have a transcript sent to anybody. So that it carries no link of a stranger, mail programs must not recognize web
    // addresses in the visitor's words.
    private static string Defuse(string said) => HostDot().Replace(said.Replace("://", "[:]//", StringComparison.Ordinal), "[.]");

    // A dot in what looks like a host name: something stands before it, and a label of letters follows.
    [GeneratedRegex(@"(?<=[^\s.])\.(?=[\p{L}\p{M}]{2})", RegexOptions.None, 1000)]
    private static partial Regex HostDot();

    private static void AddMessage(StringBuilder text, StringBuilder html, string name, DateTimeOffset at, string plain, string rich)
    {
        var time = at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        text.Append(name).Append(" (").Append(time).Append(")\n").Append(plain.Trim()).Append("\n\n");
        html.Append("<p style=\"margin:24px 0 4px;color:#5b6470;font-size:13px\"><strong>").Append(Html.Encode(name)).Append("</strong> · ")
            .Append(time).Append("</p>\n").Append("<div dir=\"auto\">").Append(rich).Append("</div>\n");
    }

    private void AddSources(StringBuilder text, StringBuilder html, IReadOnlyList<Citation> citations)
    {
        if (citations.Count == 0) return;
        text.Append(words.Sources).Append(":\n");
        html.Append("<p style=\"margin:8px 0 0;font-size:13px\">").Append(Html.Encode(words.Sources)).Append(":</p>\n")
            .Append("<ul style=\"margin:4px 0 0;padding-inline-start:20px;font-size:13px\">");
        foreach (var citation in citations)
        {
            var number = citation.Number.ToString(CultureInfo.InvariantCulture);
            text.Append('[').Append(number).Append("] ").Append(citation.Title);
            if (IsLink(citation.Url)) text.Append(": ").Append(citation.Url);
            text.Append('\n');
            var title = Html.Encode(citation.Title);
            html.Append("<li style=\"list-style:none\">[").Append(number).Append("] ")
                .Append(IsLink(citation.Url) ? $"<a href=\"{Html.Encode(citation.Url!)}\">{title}</a>" : title).Append("</li>");
        }

        text.Append('\n');
        html.Append("</ul>\n");
    }

    private string Document(string introduction, StringBuilder content, string footer) =>
        $"""
        <!doctype html>
        <html lang="{words.Locale}" dir="{words.Direction}">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
        <body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c2530">
        <div style="max-width:640px;margin:0 auto">
        <p>{Html.Encode(introduction)}</p>
        {content}
        <p style="margin:32px 0 0;padding-top:12px;border-top:1px solid #d8dde3;color:#5b6470;font-size:13px">{Html.Encode(footer)}</p>
        </div>
        </body>
        </html>
        """;

    private static string ToHtml(string markdown)
    {
        var document = Markdig.Markdown.Parse(markdown, Markdown);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            // Pictures are left out: loading one would tell its server when the e-mail is read.
            if (link.IsImage) link.IsImage = false;
            if (!IsLink(link.Url) && link.Url?.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) != true) link.Url = null;
        }

        foreach (var link in document.Descendants<AutolinkInline>().Where(link => !link.IsEmail && !IsLink(link.Url)).ToList())
            link.ReplaceBy(new LiteralInline(link.Url));
        return document.ToHtml(Markdown);
    }

    private static string Paragraphs(string text) => $"<p style=\"margin:0;white-space:pre-line\">{Html.Encode(text)}</p>";

    private static bool IsLink(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http";

    private static string Fill(string pattern, params object[] values) => string.Format(CultureInfo.InvariantCulture, pattern, values);

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
