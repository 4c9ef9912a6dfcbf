using Widget.Api.Agents;
using Widget.Api.Conversations;
using Widget.Api.Limits;
using Widget.Api.Mail;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Chat.Transcripts;

/// <summary>The result of a request for a transcript.</summary>
internal enum TranscriptOutcome
{
    /// <summary>The e-mail will be sent, or was requested before.</summary>
    Accepted,

    /// <summary>The conversation is not the visitor's.</summary>
    NoConversation,

    /// <summary>The conversation has no answer yet.</summary>
    Empty,

    /// <summary>No SMTP server is configured.</summary>
    Unavailable,
}

/// <summary>E-mails transcripts of conversations to visitors.</summary>
internal sealed class TranscriptService(
    TenantDatabase database,
    ConversationAgents agents,
    RequestLimits limits,
    Outbox outbox)
{
    private const int MaxEvents = 2_000;

    /// <summary>Whether transcripts can be sent.</summary>
    public bool IsAvailable => outbox.IsAvailable;

    /// <summary>Adds the e-mail to the outbox, once for each client id.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="visitor">The visitor.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="request">The visitor's request.</param>
    /// <param name="address">The client's address, for the limits.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <returns>The outcome, or a refusal if a limit is reached.</returns>
    public async Task<(TranscriptOutcome Outcome, Refusal? Refusal)> SendAsync(
        TenantInfo tenant,
        VisitorTicket visitor,
        ConversationId conversation,
        TranscriptRequest request,
        string address,
        CancellationToken ct)
    {
        if (!outbox.IsAvailable) return (TranscriptOutcome.Unavailable, null);
        var current = await agents.SettingsAsync(tenant.TenantId, conversation, ct);
        List<ConversationEvent> events;
        string? locale;
        await using (var read = await database.BeginAsync(tenant.TenantId, ct))
        {
            if (!await ConversationLog.LockAsync(read, conversation, visitor.Visitor, ct)) return (TranscriptOutcome.NoConversation, null);
            if (await Outbox.ContainsAsync(read, conversation, request.ClientId, ct)) return (TranscriptOutcome.Accepted, null);
            events = await ReadAllAsync(read, conversation, ct);
            locale = request.Locale ?? await LocaleAsync(read, visitor.Visitor, ct);
        }

        // Without this check, anybody could use us to send e-mails with their own text.
        if (!events.Exists(entry => entry is AssistantMessage or PersonMessage or Utterance { Speaker: Speaker.Assistant }))
            return (TranscriptOutcome.Empty, null);
        // Outside of the transaction: the limits may wait for another connection to the database, and rendering takes a while.
        if (await TakeAsync(tenant.TenantId, conversation, request.Email, address, ct) is { } refusal) return (default, refusal);
        var mail = new TranscriptMail(TranscriptWords.Of(locale), current.AgentName, tenant.Name).Render(request.Email.Trim(), events);
        await using var db = await database.BeginAsync(tenant.TenantId, ct);
        // It may have been deleted meanwhile, or have become another visitor's.
        if (!await ConversationLog.LockAsync(db, conversation, visitor.Visitor, ct)) return (TranscriptOutcome.NoConversation, null);
        await outbox.AddAsync(db, conversation, request.ClientId, mail, ct);
        await db.CommitAsync(ct);
        return (TranscriptOutcome.Accepted, null);
    }

    private async Task<Refusal?> TakeAsync(
        TenantId tenant,
        ConversationId conversation,
        string email,
        string address,
        CancellationToken ct) =>
        await limits.TakeAsync(Limit.Transcripts, conversation.ToString(), ct)
            // The conversations of many visitors must not fill one person's mailbox.
            ?? await limits.TakeAsync(Limit.Transcripts, $"{tenant} {email.Trim().ToLowerInvariant()}", ct)
            ?? await limits.TakeAsync(Limit.AddressTranscripts, address, ct)
            ?? await limits.TakeAsync(Limit.TenantTranscripts, tenant.ToString(), ct);

    private static async Task<List<ConversationEvent>> ReadAllAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        var events = new List<ConversationEvent>();
        IReadOnlyList<ConversationEvent> page;
        do
        {
            page = await ConversationLog.ReadAsync(db, conversation, events.Count == 0 ? 0 : events[^1].Seq, ct);
            events.AddRange(page);
        }
        while (page.Count > 0 && events.Count < MaxEvents);
        return events;
    }

    private static async Task<string?> LocaleAsync(TenantDb db, VisitorId visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            "select locale from visitors where tenant_id = $1 and id = $2",
            [db.TenantId.Value, visitor.Value]);
        return await command.ExecuteScalarAsync(ct) as string;
    }
}
