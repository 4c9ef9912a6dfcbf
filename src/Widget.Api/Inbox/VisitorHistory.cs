using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Inbox;

/// <summary>What a rep wants to know of a conversation's visitor: the pages, earlier conversations, and the lead.</summary>
internal sealed class VisitorHistory(TenantDatabase database)
{
    private const int MaxTextLength = 200;

    public static void MapVisitorHistory(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/inbox/{id:guid}/visitor", Get).ForStaff(StaffArea.Conversations).WithTags("Inbox")
            .ProducesProblem(401).ProducesProblem(404)
            .WithSummary("Get the pages on which a conversation's visitor wrote, the visitor's other conversations, and the lead");

    private static async Task<Results<Ok<InboxVisitorHistory>, ProblemHttpResult>> Get(
        Guid id,
        IMultiTenantContextAccessor tenants,
        VisitorHistory histories,
        CancellationToken ct) =>
        await histories.ReadAsync(tenants.Current().TenantId, new ConversationId(id), ct) is { } history
            ? TypedResults.Ok(history)
            : Problems.NotFound("conversation");

    /// <summary>Null if there is no such conversation.</summary>
    public async Task<InboxVisitorHistory?> ReadAsync(TenantId tenant, ConversationId conversation, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        InboxVisitorHistory history;
        Guid visitor;
        await using (var command = db.Command(
            """
            select visitor.id, visitor.verified_id, visitor.created_at,
                   (select coalesce(lead.top_id, lead.id) from lead_conversations
                    join leads lead on lead.tenant_id = $1 and lead.id = lead_conversations.lead_id
                    where lead_conversations.tenant_id = $1 and conversation_id = $2 order by lead.created_at desc limit 1)
            from conversations conversation
            join visitors visitor on visitor.tenant_id = $1 and visitor.id = conversation.visitor_id
            where conversation.tenant_id = $1 and conversation.id = $2
            """,
            [tenant.Value, conversation.Value]))
        {
            await using var row = await command.ExecuteReaderAsync(ct);
            if (!await row.ReadAsync(ct)) return null;
            visitor = row.GetGuid(0);
            history = new InboxVisitorHistory
            {
                VerifiedId = row.IsDBNull(1) ? null : row.GetString(1),
                FirstSeenAt = row.GetFieldValue<DateTimeOffset>(2),
                LeadId = row.IsDBNull(3) ? null : row.GetGuid(3),
                Pages = [],
                Conversations = [],
            };
        }

        return history with
        {
            Pages = await PagesAsync(db, visitor, ct),
            Conversations = await OthersAsync(db, visitor, conversation, ct),
        };
    }

    private static async Task<IReadOnlyList<InboxVisitedPage>> PagesAsync(TenantDb db, Guid visitor, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select event.data ->> 'page', max(event.created_at)
            from (select id from conversations where tenant_id = $1 and visitor_id = $2 order by updated_at desc limit 20) latest
            join conversation_events event on event.tenant_id = $1 and event.conversation_id = latest.id
            where event.kind = 'visitor_message' and event.data ->> 'page' is not null
            group by 1 order by 2 desc limit 10
            """,
            [db.TenantId.Value, visitor]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var pages = new List<InboxVisitedPage>();
        while (await rows.ReadAsync(ct)) pages.Add(new InboxVisitedPage(rows.GetString(0), rows.GetFieldValue<DateTimeOffset>(1)));
        return pages;
    }

    private static async Task<IReadOnlyList<InboxEarlier>> OthersAsync(
        TenantDb db,
        Guid visitor,
        ConversationId conversation,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select other.id, other.updated_at,
                   (select left(data ->> 'text', 1000) from conversation_events
                    where tenant_id = $1 and conversation_id = other.id and kind = 'visitor_message' order by seq limit 1)
            from conversations other
            where other.tenant_id = $1 and other.visitor_id = $2 and other.id <> $3 and other.last_seq > 0
            order by other.updated_at desc limit 10
            """,
            [db.TenantId.Value, visitor, conversation.Value]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var others = new List<InboxEarlier>();
        while (await rows.ReadAsync(ct))
        {
            var text = rows.IsDBNull(2) ? null : Truncation.Truncate(VisitNotes.Line(rows.GetString(2)), MaxTextLength);
            others.Add(new InboxEarlier(rows.GetGuid(0), rows.GetFieldValue<DateTimeOffset>(1), text));
        }

        return others;
    }
}
