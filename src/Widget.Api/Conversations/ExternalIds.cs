namespace Widget.Api.Conversations;

/// <summary>
/// Who visitors are elsewhere. A page says it of its visitor and proves nothing; a program of the tenant's has a key. What programs say stands under a
/// prefix that pages may not use.
/// </summary>
internal static class ExternalIds
{
    private const string Program = "program:";

    public static string OfProgram(string id) => Program + id;

    /// <summary>As a page's word for it; null when it claims to be a program's.</summary>
    public static string? OfPage(string? id) => id?.StartsWith(Program, StringComparison.OrdinalIgnoreCase) == true ? null : id;
}
