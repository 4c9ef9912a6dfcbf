using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Mail;

/// <summary>An e-mail to send, or the record of one that was sent.</summary>
public sealed class OutboxMail : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    public Guid? ConversationId { get; init; }

    /// <summary>The requester's own id. A second request with the same id sends nothing more.</summary>
    public string? ClientId { get; init; }

    public required string Recipient { get; init; }

    public required string Subject { get; init; }

    public required string Text { get; init; }

    public required string Html { get; init; }

    /// <summary>Where a reply goes; null for the sender.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The invitation (an iCalendar object); null for none.</summary>
    public string? Calendar { get; init; }

    /// <summary>The invitation's method: REQUEST or CANCEL.</summary>
    public string? CalendarMethod { get; init; }

    /// <summary>How many times a node has begun to send it.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    /// <summary>When sending was given up.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>The error of the last attempt.</summary>
    public string? Error { get; init; }

    public Guid? LeaseOwner { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var mail = model.Entity<OutboxMail>();
        mail.ToTable("mail_outbox").HasKey(row => new { row.TenantId, row.Id });
        mail.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        mail.Property(row => row.Attempts).HasDefaultValue(0);
        mail.Property(row => row.DueAt).HasDefaultValueSql("now()");
        mail.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>The table of e-mails to send.</summary>
public static class MailTables
{
    public static TenantTables Tables { get; } = new(typeof(MailTables).Assembly, OutboxMail.Map);

    extension(TenantDb db)
    {
        public DbSet<OutboxMail> Mails => db.Set<OutboxMail>();
    }
}
