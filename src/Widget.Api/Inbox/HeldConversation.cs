using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>A conversation that a transaction has locked, with its handoff.</summary>
/// <param name="Row">The handoff; null if no person was ever asked for.</param>
internal readonly record struct HeldConversation(HandoffRow? Row)
{
    public bool IsOpen => Row?.State == HandoffRow.Open;

    public bool IsWaiting => Row?.State == HandoffRow.Waiting;

    /// <summary>Locks a conversation and reads its handoff. Null if there is no such conversation.</summary>
    public static async Task<HeldConversation?> LockAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        if (!await ConversationLog.LockAsync(db, conversation, visitor: null, ct)) return null;
        // The row is locked, too, so that a rep who comes meanwhile makes it due afterwards.
        var row = await db.Handoffs.FromSql($"select * from handoffs where conversation_id = {conversation.Value} for update")
            .AsNoTracking()
            .SingleOrDefaultAsync(ct);
        return new HeldConversation(row);
    }

    /// <summary>Whether a rep has the conversation. If not, why.</summary>
    public InboxOutcome HeldBy(InboxRep rep, IReadOnlyDictionary<Guid, string> names) =>
        !IsOpen ? InboxRefusal.NotAccepted
        : Row!.RepId == rep.Id ? InboxOutcome.Done
        : InboxOutcome.Taken(Holder(names)!);

    /// <summary>The rep who has the conversation; null if none has it.</summary>
    public InboxRep? Holder(IReadOnlyDictionary<Guid, string> names) =>
        IsOpen && Row!.RepId is { } id ? new InboxRep(id, names.GetValueOrDefault(id, "")) : null;
}
