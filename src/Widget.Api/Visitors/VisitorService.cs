using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Visitors;

/// <summary>What visitors do besides asking questions.</summary>
public sealed class VisitorService(TenantDatabase database)
{
    /// <summary>
    /// Appends a visitor's event, once for each client id. Returns null if the conversation is not the visitor's.
    /// </summary>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<TEvent?> AppendAsync<TEvent>(VisitorTicket visitor, ConversationId conversation, TEvent entry, CancellationToken ct)
        where TEvent : ConversationEvent
    {
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor.Visitor, ct)) return null;
        if (await ConversationLog.FindAsync<TEvent>(db, conversation, entry.ClientId!, ct) is { } sent) return sent;
        var appended = await ConversationLog.AppendAsync(db, conversation, entry, ct);
        await db.CommitAsync(ct);
        return appended;
    }

    /// <summary>Whether the conversation contains this answer.</summary>
    public async Task<bool> IsAnswerAsync(VisitorTicket visitor, ConversationId conversation, MessageId message, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        return await db.Events.AnyAsync(row => row.ConversationId == conversation && row.MessageId == message, ct);
    }

    /// <summary>Stores what the customer's site says about the visitor, which is not verified.</summary>
    public async Task IdentifyAsync(VisitorTicket visitor, IdentifyRequest request, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        // The row is locked, because a page may send the name and the e-mail address at the same time, and both must be stored.
        var row = await db.Visitors.FromSql($"select * from visitors where id = {visitor.Visitor.Value} for update")
            .SingleOrDefaultAsync(ct);
        if (row is null) return; // The visitor has been deleted in the meantime.
        // What a page claims does not replace what the site's server has verified.
        if (row.VerifiedId is null || row.VerifiedId == request.Id) row.ExternalId = ExternalIds.OfPage(request.Id) ?? row.ExternalId;
        var traits = new Dictionary<string, string>(row.Traits, StringComparer.Ordinal);
        if (request.Name is not null) traits["name"] = request.Name;
        if (request.Email is not null) traits["email"] = request.Email;
        row.Traits = traits;
        await db.CommitAsync(ct);
    }

    /// <summary>Replaces what the page said about itself; false when the conversation is not the visitor's.</summary>
    public async Task<bool> SetContextAsync(
        VisitorTicket visitor,
        ConversationId conversation,
        IReadOnlyDictionary<string, string?> context,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(visitor.Tenant, ct);
        var row = await db.Conversations.SingleOrDefaultAsync(
            candidate => candidate.Id == conversation && candidate.VisitorId == visitor.Visitor,
            ct);
        if (row is null) return false;
        row.Context = context.Where(entry => entry.Value is not null).ToDictionary(
            entry => entry.Key,
            entry => entry.Value!,
            StringComparer.Ordinal);
        await db.CommitAsync(ct);
        return true;
    }
}
