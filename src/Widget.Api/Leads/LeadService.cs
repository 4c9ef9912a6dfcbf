using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Leads.Reading;
using Widget.Api.Limits;
using Widget.Api.Tenancy;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;
using Widget.Platform.Work;

namespace Widget.Api.Leads;

/// <summary>Visitors' requests for a person, the contact details that they give, and the leads that they become.</summary>
internal sealed class LeadService(
    TenantDatabase database,
    TenantSettingsService settings,
    RequestLimits limits,
    WakeUpSignal<HandoffQueue> queue,
    TimeProvider clock)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <summary>
    /// Adds the request to the conversation and puts the conversation in the queue, once for each client id. With an e-mail address, it is
    /// kept as a lead in the same transaction.
    /// </summary>
    /// <param name="visitor">The visitor.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="request">The request, with a client id.</param>
    /// <param name="byAssistant">Whether the assistant asks on behalf of the visitor.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <returns>The event, or a refusal if a limit is reached. Both are null if the conversation is not the visitor's.</returns>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    /// <exception cref="VisitorBannedException">The visitor is banned.</exception>
    public async Task<(PersonRequested? Requested, Refusal? Refusal)> RequestPersonAsync(
        VisitorTicket visitor,
        ConversationId conversation,
        HumanRequest request,
        bool byAssistant,
        CancellationToken ct)
    {
        var clientId = request.ClientId ?? throw new ArgumentException("The client id is missing.", nameof(request));
        var availability = OpeningTimes.At(await settings.ReadAsync(visitor.Tenant, ct), clock.GetUtcNow());
        await using (var read = await database.BeginAsync(visitor.Tenant, ct))
        {
            if (!await ConversationLog.LockAsync(read, conversation, visitor.Visitor, ct)) return (null, null);
            if (await ConversationLog.FindAsync<PersonRequested>(read, conversation, clientId, ct) is { } before)
                return (before, null);
            if ((await Handoff.ReadGateAsync(read, conversation, visitor.Visitor, ct)).IsBanned) throw new VisitorBannedException();
        }

        // Outside of the transaction, because the limits may wait for another connection to the database.
        if (await TakeAsync(visitor.Tenant, conversation, ct) is { } refusal) return (null, refusal);
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor.Visitor, ct)) return (null, null);
        if (await ConversationLog.FindAsync<PersonRequested>(db, conversation, clientId, ct) is { } sent) return (sent, null);
        var requested = new PersonRequested
        {
            ClientId = clientId,
            Name = GivenText.Of(request.Name),
            Email = GivenText.Of(request.Email),
            Message = GivenText.Of(request.Message),
            Reason = GivenText.Of(request.Reason),
            ByAssistant = byAssistant,
            Present = await Handoff.IsAnybodyPresentAsync(db, ct),
            Availability = availability,
            Page = ContinueLinks.WithoutToken(request.Page),
        };
        var earlier = await LeadDetails.LastGivenAsync(db, conversation, ct);
        var appended = await ConversationLog.AppendAsync(db, conversation, requested, ct);
        await Handoff.RequestAsync(db, conversation, appended.Seq, requested.Reason, ct);
        if (requested.Email is { } email)
        {
            var details = new LeadDetails
            {
                Email = email,
                Name = requested.Name,
                Consent = GivenText.Of(request.Consent),
                Locale = GivenText.Of(request.Locale),
            };
            await LeadRecorder.RecordAsync(db, visitor.Visitor, conversation, details, earlier, ct);
        }

        await db.CommitAsync(ct);
        queue.Raise();
        return (appended, null);
    }

    /// <summary>
    /// Keeps the visitor's contact details as a lead, or that the visitor declines, once for each client id. Both are events of the
    /// conversation.
    /// </summary>
    /// <param name="visitor">The visitor.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="request">The request.</param>
    /// <param name="phone">The request's telephone number as E.164.</param>
    /// <param name="ct">Cancels the request.</param>
    /// <returns>The event, or a refusal if a limit is reached. Both are null if the conversation is not the visitor's.</returns>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<(ConversationEvent? Event, Refusal? Refusal)> GiveContactAsync(
        VisitorTicket visitor,
        ConversationId conversation,
        ContactRequest request,
        string? phone,
        CancellationToken ct)
    {
        await using (var read = await database.BeginAsync(visitor.Tenant, ct))
        {
            if (!await ConversationLog.LockAsync(read, conversation, visitor.Visitor, ct)) return (null, null);
            if (await FindContactAsync(read, conversation, request.ClientId, ct) is { } before) return (before, null);
        }

        if (await TakeContactAsync(visitor.Tenant, conversation, ct) is { } refusal) return (null, refusal);
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor.Visitor, ct)) return (null, null);
        if (await FindContactAsync(db, conversation, request.ClientId, ct) is { } sent) return (sent, null);
        var page = ContinueLinks.WithoutToken(request.Page);
        ConversationEvent appended;
        if (request.Declined)
        {
            var declined = new ContactDeclined { ClientId = request.ClientId, Page = page };
            appended = await ConversationLog.AppendAsync(db, conversation, declined, ct);
        }
        else
        {
            var earlier = await LeadDetails.LastGivenAsync(db, conversation, ct);
            var given = new ContactGiven
            {
                ClientId = request.ClientId,
                Email = GivenText.Of(request.Email),
                Phone = phone,
                Name = GivenText.Of(request.Name),
                Page = page,
            };
            appended = await ConversationLog.AppendAsync(db, conversation, given, ct);
            var details = new LeadDetails
            {
                Email = given.Email,
                Phone = given.Phone,
                Name = given.Name,
                Consent = GivenText.Of(request.Consent),
                Locale = GivenText.Of(request.Locale),
            };
            await LeadRecorder.RecordAsync(db, visitor.Visitor, conversation, details, earlier, ct);
        }

        await db.CommitAsync(ct);
        return (appended, null);
    }

    /// <summary>Returns a lead with a summary, or the one that it was merged into. Null if the tenant has no such lead.</summary>
    public async Task<Lead?> FindAsync(TenantId tenant, LeadId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await LeadReader.FindAsync(db, id, ct) is { } lead
            ? lead with { Summary = await LeadSummaries.OfAsync(db, lead, ct) }
            : null;
    }

    /// <summary>
    /// Deletes a lead with all that were merged into it. A lead that was merged into another one stands for that one. Returns false if
    /// there is none. The conversations stay.
    /// </summary>
    public async Task<bool> DeleteAsync(TenantId tenant, LeadId lead, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            delete from leads using (select coalesce(top_id, id) as id from leads where tenant_id = $1 and id = $2) top
            where leads.tenant_id = $1 and (leads.id = top.id or leads.top_id = top.id)
            returning 1
            """,
            [tenant.Value, lead.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    private static async Task<ConversationEvent?> FindContactAsync(
        TenantDb db,
        ConversationId conversation,
        string clientId,
        CancellationToken ct) =>
        await ConversationLog.FindAsync<ConversationEvent>(db, conversation, clientId, ct) is not { } sent ? null
        : sent is ContactGiven or ContactDeclined ? sent
        : throw new ClientIdTakenException();

    private async Task<Refusal?> TakeContactAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) =>
        await limits.TakeAsync(Limit.Contacts, conversation.ToString(), ct)
            ?? await limits.TakeAsync(Limit.TenantContacts, tenant.ToString(), ct);

    private async Task<Refusal?> TakeAsync(TenantId tenant, ConversationId conversation, CancellationToken ct) =>
        await limits.TakeAsync(Limit.PersonRequests, conversation.ToString(), ct)
            ?? await limits.TakeAsync(Limit.TenantPersonRequests, tenant.ToString(), ct);
}
