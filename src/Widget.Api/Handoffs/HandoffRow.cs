using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Handoffs;

/// <summary>
/// Whether a person or the assistant speaks in a conversation. A conversation without a row is the assistant's. The state changes only in
/// a transaction that has locked the conversation (<see cref="ConversationLog.LockAsync"/>).
/// </summary>
public sealed class HandoffRow : ITenantOwned
{
    /// <summary>The conversation waits for a rep.</summary>
    public const string Waiting = "waiting";

    /// <summary>A rep has the conversation. The assistant is silent.</summary>
    public const string Open = "open";

    public const string Closed = "closed";

    /// <summary>The assistant has the conversation again: a rep gave it back, or the visitor chose the assistant.</summary>
    public const string Assistant = "assistant";

    public required TenantId TenantId { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required string State { get; init; }

    /// <summary>Who has the conversation, or had it last.</summary>
    public Guid? RepId { get; init; }

    public string? Reason { get; init; }

    /// <summary>The order of the queue.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>The event of the last request.</summary>
    public int RequestedSeq { get; init; }

    /// <summary>The request that the reps were mailed about; -1 if the conversation came back to the queue since.</summary>
    public int MailedSeq { get; init; }

    /// <summary>When the other reps are mailed about the request, of which only the lead's owner knows so far; null if all know.</summary>
    public DateTimeOffset? MailOthersAt { get; init; }

    /// <summary>
    /// Since when the assistant answers although the conversation waits: every online rep was asked, or the visitor did not ask for a
    /// person (reopened, assigned). Null while the visitor waits for a rep.
    /// </summary>
    public DateTimeOffset? GivenUpAt { get; init; }

    /// <summary>The rep who is asked first, until <see cref="OfferedUntil"/>.</summary>
    public Guid? OfferedTo { get; init; }

    public DateTimeOffset? OfferedUntil { get; init; }

    /// <summary>Reps who were asked for this request and did not accept.</summary>
    public required Guid[] Offered { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    public bool Spam { get; init; }

    public int VisitorReadSeq { get; init; }

    /// <summary>When the visitor's page was last connected.</summary>
    public DateTimeOffset? VisitorSeenAt { get; init; }

    /// <summary>When the visitor wrote; null if a rep has replied since.</summary>
    public DateTimeOffset? UnansweredSince { get; init; }

    /// <summary>The last message of a rep.</summary>
    public int RepliedSeq { get; init; }

    public DateTimeOffset? RepliedAt { get; init; }

    /// <summary>The last message of a rep that was e-mailed, or that can't be.</summary>
    public int AnsweredSeq { get; init; }

    /// <summary>When a node looks at the conversation; null if there is nothing to do.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var handoff = model.Entity<HandoffRow>();
        handoff.ToTable("handoffs").HasKey(row => new { row.TenantId, row.ConversationId });

        var reader = model.Entity<HandoffReader>();
        reader.ToTable("handoff_readers").HasKey(row => new { row.TenantId, row.ConversationId, row.RepId });

        var presence = model.Entity<RepPresenceRow>();
        presence.ToTable("rep_presence").HasKey(row => new { row.TenantId, row.RepId });

        var ban = model.Entity<VisitorBan>();
        ban.ToTable("visitor_bans").HasKey(row => new { row.TenantId, row.VisitorId });
    }
}

/// <summary>How far a rep has read a conversation, and whether the rep is looking at it.</summary>
public sealed class HandoffReader : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required Guid RepId { get; init; }

    public int ReadSeq { get; init; }

    /// <summary>The last sign that the rep looks at it; null if the rep has left.</summary>
    public DateTimeOffset? LookedAt { get; init; }
}

/// <summary>Whether a rep is online.</summary>
public sealed class RepPresenceRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid RepId { get; init; }

    /// <summary>Whether the rep takes conversations. It counts only while <see cref="SeenAt"/> is recent.</summary>
    public bool Available { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    public DateTimeOffset? LastOfferedAt { get; init; }
}

/// <summary>A visitor who may not write any more.</summary>
public sealed class VisitorBan : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required VisitorId VisitorId { get; init; }

    /// <summary>Who banned the visitor.</summary>
    public Guid? RepId { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The tables of handoffs.</summary>
public static class HandoffTables
{
    public static TenantTables Tables { get; } = new(typeof(HandoffTables).Assembly, HandoffRow.Map);

    extension(TenantDb db)
    {
        public DbSet<HandoffRow> Handoffs => db.Set<HandoffRow>();

        public DbSet<HandoffReader> HandoffReaders => db.Set<HandoffReader>();

        public DbSet<RepPresenceRow> RepPresences => db.Set<RepPresenceRow>();

        public DbSet<VisitorBan> VisitorBans => db.Set<VisitorBan>();
    }
}
