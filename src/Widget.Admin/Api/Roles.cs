namespace Widget.Admin.Api;

/// <summary>
/// What the roles may do, so that pages leave out what the API would refuse. The API decides (docs/roles.md); this only hides.
/// </summary>
public static class Roles
{
    private static readonly string[] ForAdmins = ["audit", "privacy", "keys"];

    /// <param name="role"><c>owner</c>, <c>admin</c>, <c>rep</c> or <c>viewer</c>.</param>
    /// <param name="permission">An area and <c>read</c> or <c>write</c>, such as <c>leads.write</c>.</param>
    public static bool Allow(string? role, string permission)
    {
        var (area, writes) = (permission.Split('.')[0], permission.EndsWith(".write", StringComparison.Ordinal));
        return role switch
        {
            "owner" => true,
            "admin" => area != "keys" && !(writes && area is "team" or "keys"),
            "rep" => !ForAdmins.Contains(area) && (!writes || area is "conversations" or "leads" or "meetings" or "calls"),
            "viewer" => !ForAdmins.Contains(area) && !writes,
            _ => false,
        };
    }
}
