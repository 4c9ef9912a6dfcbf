using Widget.Api.Web;

namespace Widget.Api.Tenancy.Access;

/// <summary>
/// What roles and API keys may do. A permission is an area and <c>read</c> or <c>write</c>, such as <c>leads.write</c>; to write includes to
/// read. docs/roles.md shows the table.
/// </summary>
public static class Permissions
{
    private static readonly StaffArea[] OfReps = [StaffArea.Conversations, StaffArea.Leads, StaffArea.Meetings, StaffArea.Calls];
    private static readonly StaffArea[] HiddenFromReps = [StaffArea.Keys, StaffArea.Privacy, StaffArea.Audit];
    private static readonly StaffArea[] OfOwners = [StaffArea.Team, StaffArea.Keys];

    /// <summary>All permissions, in the order of the areas.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Enum.GetValues<StaffArea>().SelectMany(area => new[] { Name(area, writes: false), Name(area, writes: true) }),
    ];

    public static bool Allow(Role role, StaffArea area, bool writes) => role switch
    {
        Role.Owner => true,
        Role.Admin => area != StaffArea.Keys && !(writes && OfOwners.Contains(area)),
        Role.Rep => !HiddenFromReps.Contains(area) && (!writes || OfReps.Contains(area)),
        _ => !HiddenFromReps.Contains(area) && !writes,
    };

    /// <summary>All permissions of a role.</summary>
    public static IReadOnlyList<string> Of(Role role) => [.. All.Where(permission => Allow(role, permission))];

    /// <param name="role">The role.</param>
    /// <param name="permission">One of <see cref="All"/>.</param>
    public static bool Allow(Role role, string permission) =>
        Enum.GetValues<StaffArea>().Any(area =>
            (permission == Name(area, writes: true) && Allow(role, area, writes: true))
            || (permission == Name(area, writes: false) && Allow(role, area, writes: false)));

    /// <param name="scopes">The scopes of an API key.</param>
    /// <param name="permission">One of <see cref="All"/>.</param>
    public static bool Allow(IEnumerable<string> scopes, string permission) =>
        scopes.Any(scope => scope == permission
            || (scope.EndsWith(".write", StringComparison.Ordinal) && permission == $"{scope[..^".write".Length]}.read"));

    private static string Name(StaffArea area, bool writes) => $"{StaffAccess.NameOf(area)}.{(writes ? "write" : "read")}";
}
