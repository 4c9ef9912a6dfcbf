using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>What a member may do. Each role includes the ones before it.</summary>
public enum Role
{
    /// <summary>Sees everything.</summary>
    Viewer,

    /// <summary>Talks to visitors.</summary>
    Rep,

    /// <summary>Changes settings and knowledge.</summary>
    Admin,

    /// <summary>Does everything, including members and keys.</summary>
    Owner,
}

/// <summary>A person on the tenant's staff.</summary>
public sealed class Member : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    /// <summary>The e-mail address in lower case. Unique within the tenant.</summary>
    public required string Email { get; init; }

    public string Name { get; set; } = "";

    public required Role Role { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The member's account; null until the member has signed in.</summary>
    public Guid? AccountId { get; set; }

    /// <summary>The person's id at the tenant's OpenID Connect provider, once they have signed in there.</summary>
    public string? SignOnSubject { get; set; }

    internal static void Map(ModelBuilder model)
    {
        var member = model.Entity<Member>();
        member.ToTable("members").HasKey(row => new { row.TenantId, row.Id });
        member.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        member.Property(row => row.Role).HasConversion(role => role.ToString().ToLowerInvariant(), text => Enum.Parse<Role>(text, true));
        member.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}
