using Widget.Contracts;

namespace Widget.Admin.Api;

/// <summary>What pages ask about the signed-in person.</summary>
public static class Viewer
{
    /// <summary>The name, or the e-mail address if there is none.</summary>
    public static string Display(this AccountProfile viewer) => viewer.Name.Length > 0 ? viewer.Name : viewer.Email;

    /// <summary>The viewer's membership of a tenant. Null if they are no member of it.</summary>
    public static Membership? MembershipOf(this AccountProfile viewer, string? tenant) =>
        viewer.Memberships.FirstOrDefault(membership => membership.Slug == tenant);

    /// <summary>Whether the role allows something, such as <c>leads.write</c>. Pages leave out what the API would refuse.</summary>
    public static bool Allows(this Membership membership, string permission) => membership.Permissions.Contains(permission);
}
