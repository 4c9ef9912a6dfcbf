namespace Widget.Api.Conversations;

/// <summary>
/// Ids of visitors in the tenant's own systems. An id from a page is not verified, but a program of the tenant has authenticated with a
/// key. So ids from programs have a prefix that pages may not use.
/// </summary>
internal static class ExternalIds
{
    private const string ProgramPrefix = "program:";

    public static string OfProgram(string id) => ProgramPrefix + id;

    /// <summary>Returns the id that a page gives. Null if it has the prefix of programs.</summary>
    public static string? OfPage(string? id) => id?.StartsWith(ProgramPrefix, StringComparison.OrdinalIgnoreCase) == true ? null : id;
}
