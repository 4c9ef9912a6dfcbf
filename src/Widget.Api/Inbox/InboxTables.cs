using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Inbox;

/// <summary>A note among the staff. Notes are not events of the conversation, because visitors see those.</summary>
public sealed class ConversationNote : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required Guid RepId { get; init; }

    /// <summary>The id that the client gave to the note, so that a repeated request adds nothing.</summary>
    public string? ClientId { get; init; }

    public required string Text { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var note = model.Entity<ConversationNote>();
        note.ToTable("conversation_notes").HasKey(row => new { row.TenantId, row.Id });
        note.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var canned = model.Entity<CannedReplyRow>();
        canned.ToTable("canned_replies").HasKey(row => new { row.TenantId, row.Id });
        canned.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        SearchableMessage.Map(model);
    }
}

/// <summary>A prepared text for replies.</summary>
public sealed class CannedReplyRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required string Title { get; set; }

    public required string Text { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>What the inbox's search reads of an event, in lower case. Added by a trigger.</summary>
public sealed class SearchableMessage : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required ConversationId ConversationId { get; init; }

    public required int Seq { get; init; }

    public required string Text { get; init; }

    internal static void Map(ModelBuilder model) =>
        model.Entity<SearchableMessage>().ToTable("searchable_messages")
            .HasKey(row => new { row.TenantId, row.ConversationId, row.Seq });
}

/// <summary>The inbox's own tables.</summary>
public static class InboxTables
{
    public static TenantTables Tables { get; } = new(typeof(InboxTables).Assembly, ConversationNote.Map);

    extension(TenantDb db)
    {
        public DbSet<ConversationNote> Notes => db.Set<ConversationNote>();

        public DbSet<CannedReplyRow> CannedReplies => db.Set<CannedReplyRow>();
    }
}
