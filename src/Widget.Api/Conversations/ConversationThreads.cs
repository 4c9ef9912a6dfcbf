using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>Finds the conversation that a call belongs to.</summary>
public sealed class ConversationThreads(TenantDatabase database)
{
    /// <summary>
    /// Returns the requested conversation. If none is requested, a visitor gets the last one, and a program of the tenant gets a new one
    /// with a new visitor. Null if the conversation is not the caller's.
    /// </summary>
    public async Task<(ConversationId Conversation, VisitorId Visitor)?> FindAsync(
        TenantId tenant,
        VisitorId? visitor,
        ConversationId? requested,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (requested is not null || visitor is not null)
        {
            var found = await db.Conversations.AsNoTracking()
                .Where(row => (requested == null || row.Id == requested) && (visitor == null || row.VisitorId == visitor))
                .OrderByDescending(row => row.UpdatedAt)
                .FirstOrDefaultAsync(ct);
            return found is null ? null : (found.Id, found.VisitorId);
        }

        return await AddAsync(db, externalId: null, ct);
    }

    /// <summary>
    /// Returns the last conversation of a person, or a new one if there is none. The tenant's program identifies the person by its own id.
    /// </summary>
    public async Task<(ConversationId Conversation, VisitorId Visitor)> OfPersonAsync(TenantId tenant, string person, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Pages may claim any id for a visitor. The prefix prevents them from claiming an id that a program has given.
        person = ExternalIds.OfProgram(person);
        await LockAsync(db, person, ct);
        var visitors = db.Visitors;
        var found = await db.Conversations.AsNoTracking()
            .Where(row => visitors.Any(visitor => visitor.Id == row.VisitorId && visitor.ExternalId == person))
            .OrderByDescending(row => row.UpdatedAt)
            .FirstOrDefaultAsync(ct);
        return found is not null ? (found.Id, found.VisitorId) : await AddAsync(db, person, ct);
    }

    // Two concurrent requests must not create two visitors for the same person.
    private static async Task LockAsync(TenantDb db, string person, CancellationToken ct)
    {
        await using var command = db.Command(
            "select pg_advisory_xact_lock(hashtextextended('person ' || $1 || ' ' || $2, 0))",
            [db.TenantId.ToString(), person]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<(ConversationId Conversation, VisitorId Visitor)> AddAsync(
        TenantDb db,
        string? externalId,
        CancellationToken ct)
    {
        var visitor = new Visitor { TenantId = db.TenantId, Id = VisitorId.New(), ExternalId = externalId, Traits = [] };
        var conversation = new Conversation { TenantId = db.TenantId, Id = ConversationId.New(), VisitorId = visitor.Id, Context = [] };
        db.Visitors.Add(visitor);
        db.Conversations.Add(conversation);
        await db.CommitAsync(ct);
        return (conversation.Id, visitor.Id);
    }
}
