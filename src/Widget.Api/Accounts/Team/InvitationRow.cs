using Microsoft.EntityFrameworkCore;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts.Team;

/// <summary>An invitation that was not accepted yet.</summary>
public sealed class InvitationRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    /// <summary>The e-mail address in lower case.</summary>
    public required string Email { get; init; }

    public required Role Role { get; set; }

    /// <summary>SHA-256 of the token in the link.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>Whether only the e-mail has the link, so that whoever has it reads that mailbox.</summary>
    public bool Mailed { get; set; }

    public required string InvitedBy { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var invitation = model.Entity<InvitationRow>();
        invitation.ToTable("invitations").HasKey(row => new { row.TenantId, row.Id });
        invitation.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        invitation.Property(row => row.Role)
            .HasConversion(role => role.ToString().ToLowerInvariant(), text => Enum.Parse<Role>(text, true));
        invitation.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}
