using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>Finds the conversation that a call belongs to.</summary>
public sealed class ConversationThreads(TenantDatabase database)
{
    /// <summary>
    /// The conversation that is asked for; a visitor's last one when none is; and for a program of the tenant's a new one of a new visitor. Null when it
    /// is not the caller's.
    /// </summary>
    public async Task<(ConversationId Conversation, VisitorId Visitor)?> FindAsync(TenantId tenant, VisitorId? visitor, ConversationId? wanted, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (wanted is not null || visitor is not null)
        {
            var found = await db.Conversations.AsNoTracking()
                .Where(row => (wanted == null || row.Id == wanted) && (visitor == null || row.VisitorId == visitor))
                .OrderByDescending(row => row.UpdatedAt)
                .FirstOrDefaultAsync(ct);
            return found is null ? null : (found.Id, found.VisitorId);
        }

        return await AddAsync(db, externalId: null, ct);
    }

    /// <summary>The last conversation of somebody whom the tenant's program names by an id of its own; a new one when there is none.</summary>
    public async Task<(ConversationId Conversation, VisitorId Visitor)> OfPersonAsync(TenantId tenant, string person, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Visitors say themselves who they are; a name that a program gives is in a space of its own, which they cannot claim.
        person = ExternalIds.OfProgram(person);
        // Two at once must not become two people.
        await using (var locking = db.Command("select pg_advisory_xact_lock(hashtextextended('person ' || $1 || ' ' || $2, 0))", [tenant.ToString(), person]))
            await locking.ExecuteNonQueryAsync(ct);
        var visitors = db.Visitors;
        var found = await db.Conversations.AsNoTracking()
            .Where(row => visitors.Any(visitor => visitor.Id == row.VisitorId && visitor.ExternalId == person))
            .OrderByDescending(row => row.UpdatedAt)
            .FirstOrDefaultAsync(ct);
        return found is not null ? (found.Id, found.VisitorId) : await AddAsync(db, person, ct);
    }

    private static async Task<(ConversationId Conversation, VisitorId Visitor)> AddAsync(TenantDb db, string? externalId, CancellationToken ct)
    {
        var visitor = new Visitor { TenantId = db.TenantId, Id = VisitorId.New(), ExternalId = externalId, Traits = [] };
        var conversation = new Conversation { TenantId = db.TenantId, Id = ConversationId.New(), VisitorId = visitor.Id, Context = [] };
        db.Visitors.Add(visitor);
        db.Conversations.Add(conversation);
        await db.CommitAsync(ct);
        return (conversation.Id, visitor.Id);
    }
}
