using Widget.Contracts;

namespace Widget.Admin.Api;

/// <summary>What pages ask about the signed-in person.</summary>
public static class Viewer
{
    /// <summary>The name, or the e-mail address if there is none.</summary>
    public static string Display(this AccountProfile viewer) => viewer.Name.Length > 0 ? viewer.Name : viewer.Email;

    /// <summary>The viewer's role in a tenant. Null if they are no member of it.</summary>
    public static string? RoleIn(this AccountProfile viewer, string? tenant) =>
        viewer.Memberships.FirstOrDefault(membership => membership.Slug == tenant)?.Role;
}
