namespace Widget.Admin.Api;

/// <summary>The signed-in person, as <c>GET /api/accounts/me</c> describes them.</summary>
public sealed record Viewer
{
    public Guid Id { get; init; }

    public string Email { get; init; } = "";

    public string Name { get; init; } = "";

    public bool EmailConfirmed { get; init; }

    public bool TwoFactor { get; init; }

    /// <summary>Whether the person operates the whole installation.</summary>
    public bool Operator { get; init; }

    public IReadOnlyList<Membership> Memberships { get; init; } = [];

    /// <summary>The name, or the e-mail address if there is none.</summary>
    public string Display => Name.Length > 0 ? Name : Email;

    /// <summary>The viewer's role in a tenant. Null if they are no member of it.</summary>
    public string? RoleIn(string? tenant) => Memberships.FirstOrDefault(membership => membership.Slug == tenant)?.Role;
}

/// <summary>A tenant that the viewer is a member of.</summary>
/// <param name="TenantId">The tenant's id.</param>
/// <param name="Slug">The tenant's name in addresses.</param>
/// <param name="Name">The company's name.</param>
/// <param name="Role"><c>owner</c>, <c>admin</c>, <c>rep</c> or <c>viewer</c>.</param>
public sealed record Membership(Guid TenantId, string Slug, string Name, string Role);
