namespace Widget.Api.Conversations;

/// <summary>
/// Ids of visitors in the tenant's own systems. A page's claim about its visitor proves nothing, but a program of the tenant has a key. Ids
/// from programs have a prefix that pages may not use.
/// </summary>
internal static class ExternalIds
{
    private const string Program = "program:";

    public static string OfProgram(string id) => Program + id;

    /// <summary>The id that a page gives; null when it has the prefix of programs.</summary>
    public static string? OfPage(string? id) => id?.StartsWith(Program, StringComparison.OrdinalIgnoreCase) == true ? null : id;
}
