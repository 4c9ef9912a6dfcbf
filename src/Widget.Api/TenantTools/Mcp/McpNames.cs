using System.Security.Cryptography;
using System.Text;
using Widget.Api.Tools;

namespace Widget.Api.TenantTools.Mcp;

/// <summary>The names by which models use the tools of servers.</summary>
internal static class McpNames
{
    private const int DigestLength = 6;

    /// <summary>
    /// Returns <c>server__tool</c> in lower case, with an underscore for each character that a name can't have. A name that is too long or
    /// taken ends with a digest of the whole name instead.
    /// </summary>
    /// <param name="server">Our name of the server.</param>
    /// <param name="tool">The server's name of the tool.</param>
    /// <param name="isTaken">Whether another tool has a name.</param>
    public static string Of(string server, string tool, Func<string, bool> isTaken)
    {
        var whole = $"{server}__{tool}";
        var name = string.Concat(whole.Select(character =>
            char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '_'));
        if (name.Length <= Tool.MaxNameLength && !isTaken(name)) return name;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..DigestLength];
        return $"{name[..Math.Min(name.Length, Tool.MaxNameLength - DigestLength - 1)]}_{digest}";
    }
}
