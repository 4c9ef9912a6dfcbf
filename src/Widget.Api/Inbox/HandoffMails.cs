using System.Text.Encodings.Web;
using System.Text.Unicode;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Leads;
using Widget.Api.Mail;
using Widget.Api.SpokenMarkdown;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Inbox;

/// <summary>Prepares the e-mails about a conversation: to reps if nobody accepts it, and to a visitor who has missed a reply.</summary>
internal sealed class HandoffMails(
    TenantDatabase database,
    TenantSettingsService settings,
    IMultiTenantStore tenants,
    ContinueLinks links,
    Outbox outbox)
{
    /// <summary>For how long a reply may be unread before it is e-mailed.</summary>
    public static readonly TimeSpan MissedAfter = TimeSpan.FromMinutes(5);

    private const int MaxEvents = 100;

    /// <summary>
    /// Reads what the e-mails need, before the transaction that adds them. Null if no e-mails can be sent, or if the conversation or its
    /// tenant was deleted.
    /// </summary>
    public async Task<HandoffNotice?> PrepareAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        if (!outbox.IsAvailable) return null;
        if (await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct) is not { } company) return null;
        var current = await settings.ReadAsync(tenant, ct);
        var origins = await settings.OriginsAsync(tenant, ct);
        ConversationSnapshot? snapshot;
        string? email;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            snapshot = await ConversationQueries.SnapshotAsync(db, conversation, MaxEvents, ct);
            // The visitor may have given it long ago, or with a booking.
            email = await LeadMatches.EmailOfConversationAsync(db, conversation, ct);
        }

        if (snapshot is null) return null;
        if (email is null && snapshot.Visitor.Traits.GetValueOrDefault("email") is { } told && MailAddress.IsValid(told)) email = told;
        // A visitor with a verified identity continues on the site, which verifies it again. The page is what the visitor's browser says, and
        // the address may be a stranger's, so only the tenant's own sites are linked to.
        var page = snapshot.LatestEvents.OfType<VisitorMessage>().Select(message => message.Page)
            .LastOrDefault(page => page is not null && IsOn(page, origins));
        var link = snapshot.Visitor.VerifiedId is null ? links.AddressOf(tenant, company.Slug, conversation) ?? page : page;
        return new HandoffNotice(outbox, company.Name, current.Locale, snapshot, email, link);
    }

    private static bool IsOn(string page, IReadOnlyList<string> origins) =>
        Uri.TryCreate(page, UriKind.Absolute, out var address)
        && AllowedOrigin.Normalize(address.GetLeftPart(UriPartial.Authority)) is { } origin
        && origins.Contains(origin);
}

/// <summary>The e-mails about one conversation.</summary>
/// <param name="outbox">Where they are added.</param>
/// <param name="company">The tenant's name.</param>
/// <param name="companyLocale">The company's language, or <c>auto</c>.</param>
/// <param name="snapshot">The conversation.</param>
/// <param name="knownEmail">The visitor's address if the conversation's latest events do not tell it; null if it is unknown.</param>
/// <param name="link">The page on which the visitor continues; null if none is known.</param>
internal sealed class HandoffNotice(
    Outbox outbox,
    string company,
    string companyLocale,
    ConversationSnapshot snapshot,
    string? knownEmail,
    string? link)
{
    private const int MaxLines = 30;
    private const int MaxLineLength = 600;

    // Text of all languages is readable in the source of the e-mail, too.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private IEnumerable<PersonRequested> Requests => snapshot.LatestEvents.OfType<PersonRequested>();

    private string? Email =>
        snapshot.LatestEvents.Select(entry => entry switch
        {
            PersonRequested requested => requested.Email,
            ContactGiven given => given.Email,
            _ => null,
        }).LastOrDefault(email => email is not null) ?? knownEmail;

    private string? Name =>
        snapshot.LatestEvents.Select(entry => entry switch
        {
            PersonRequested requested => requested.Name,
            ContactGiven given => given.Name,
            _ => null,
        }).LastOrDefault(name => name is not null) ?? snapshot.Visitor.Traits.GetValueOrDefault("name");

    /// <summary>Tells these reps that a conversation waits and nobody has accepted it.</summary>
    public async Task TellRepsAsync(TenantDb db, IReadOnlyList<Rep> reps, HandoffRow row, CancellationToken ct)
    {
        var words = HandoffWords.Of(companyLocale);
        var visitor = Name ?? Email ?? words.Visitor;
        var facts = new List<(string Label, string? Value)>
        {
            (words.Email, Email),
            (words.Reason, row.Reason),
            (words.Message, Requests.LastOrDefault()?.Message),
        };
        var known = facts.Where(fact => fact.Value is not null).Select(fact => $"{fact.Label}: {fact.Value}").ToList();
        var lines = snapshot.LatestEvents.Select(Line).OfType<string>().TakeLast(MaxLines).ToList();
        var intro = HandoffWords.Fill(words.RepsText, visitor, company);
        var text = string.Join("\n\n", new[] { intro, string.Join('\n', known), string.Join('\n', lines), words.RepsFooter }
            .Where(part => part.Length > 0));
        foreach (var rep in reps.Where(rep => rep.Email.Length > 0))
        {
            var subject = OneLine(HandoffWords.Fill(words.RepsSubject, visitor, company));
            var mail = new MailContent(rep.Email, subject, text, Document(words, text)) { ReplyTo = Email };
            await outbox.AddAsync(db, snapshot.Conversation.Id, clientId: null, mail, ct);
        }

        string? Line(ConversationEvent entry) => entry switch
        {
            VisitorMessage { Text.Length: > 0 } message => Said(visitor, message.Text),
            AssistantMessage answer => Said(words.Assistant, SpokenText.Of(answer.Text)),
            PersonMessage { Text.Length: > 0 } message => Said(message.Name, message.Text),
            Utterance said => Said(said.Speaker == Speaker.Visitor ? visitor : words.Assistant, said.Text),
            _ => null,
        };
    }

    /// <summary>Sends the visitor the replies that were missed, if an address is known.</summary>
    public async Task TellVisitorAsync(TenantDb db, HandoffRow row, CancellationToken ct)
    {
        if (Email is not { } email) return;
        var read = Math.Max(row.AnsweredSeq, row.VisitorReadSeq);
        // The latest ones: a reply may have come after the snapshot.
        var missed = (await ConversationLog.ReadAsync(db, snapshot.Conversation.Id, read, ct)).OfType<PersonMessage>().ToList();
        if (missed.Count == 0) return;
        var words = HandoffWords.Of(snapshot.Visitor.Locale ?? companyLocale);
        var intro = HandoffWords.Fill(words.MissedText, missed[^1].Name, company);
        var replies = missed.Select(message =>
            string.Join('\n', message.Attachments.Select(file => $"[{file.Name}]").Prepend(message.Text)));
        var parts = new List<string> { intro };
        parts.AddRange(replies.Select(reply => reply.Trim()));
        if (link is not null) parts.Add($"{words.Continue}: {link}");
        parts.Add(HandoffWords.Fill(words.MissedFooter, company));
        var text = string.Join("\n\n", parts);
        var mail = new MailContent(
            email,
            OneLine(HandoffWords.Fill(words.MissedSubject, missed[^1].Name, company)),
            text,
            Document(words, text, link));
        await outbox.AddAsync(db, snapshot.Conversation.Id, clientId: null, mail, ct);
    }

    private static string Said(string name, string text) => $"{name}: {Truncation.Truncate(VisitNotes.Line(text), MaxLineLength)}";

    private static string OneLine(string text) => VisitNotes.Line(text);

    private static string Document(HandoffWords words, string text, string? link = null)
    {
        var body = Html.Encode(text);
        if (link is not null)
        {
            var address = Html.Encode(link);
            body = body.Replace(address, $"<a href=\"{address}\">{address}</a>", StringComparison.Ordinal);
        }

        return
            $"""
            <!doctype html>
            <html lang="{words.Locale}" dir="{words.Direction}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
            <body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c2530">
            <div style="max-width:640px;margin:0 auto;white-space:pre-line" dir="auto">{body}</div>
            </body>
            </html>
            """;
    }
}
