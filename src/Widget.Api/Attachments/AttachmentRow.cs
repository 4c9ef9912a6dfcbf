using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Attachments;

/// <summary>A file that a visitor or a rep has uploaded to a conversation.</summary>
public sealed class AttachmentRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public required ConversationId ConversationId { get; init; }

    /// <summary>The rep who has uploaded it; null for the visitor.</summary>
    public Guid? RepId { get; init; }

    public required string Name { get; init; }

    /// <summary>The type that the content shows.</summary>
    public required string ContentType { get; init; }

    public required int Bytes { get; init; }

    public required byte[] Content { get; init; }

    /// <summary>Whether a message contains it. Files that are never sent are deleted after a day.</summary>
    public bool Sent { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var attachment = model.Entity<AttachmentRow>();
        attachment.ToTable("attachments").HasKey(row => new { row.TenantId, row.Id });
        attachment.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>The table of attachments.</summary>
public static class AttachmentTables
{
    public static TenantTables Tables { get; } = new(typeof(AttachmentTables).Assembly, AttachmentRow.Map);

    extension(TenantDb db)
    {
        public DbSet<AttachmentRow> Attachments => db.Set<AttachmentRow>();
    }
}
