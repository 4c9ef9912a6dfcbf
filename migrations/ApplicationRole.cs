using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Widget.Migrations;

/// <summary>
/// The role that the application's login is a member of. Roles belong to the whole server, so each database has its own: the login of one
/// installation has no rights in another installation's database.
/// </summary>
public static partial class ApplicationRole
{
    /// <summary>The role's name in migrations, and its actual name in databases created before each had its own.</summary>
    public const string Shared = "widget_application";

    private const string Suffix = "_app_role";
    private const int LongestName = 63;
    private const int HashLength = 8;

    /// <summary>
    /// Returns the role for a new database: the database's name followed by <c>_app_role</c>, in characters that need no quoting.
    /// </summary>
    public static string For(string database)
    {
        var plain = NotPlain().Replace(database.ToLowerInvariant(), "_");
        if (!char.IsAsciiLetterLower(plain[0]) || plain.StartsWith("pg_", StringComparison.Ordinal)) plain = $"db_{plain}";
        if (plain == database && plain.Length + Suffix.Length <= LongestName) return plain + Suffix;
        // A hash keeps names distinct that differ only in replaced or truncated characters.
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(database)))[..HashLength];
        return $"{plain[..Math.Min(plain.Length, LongestName - Suffix.Length - HashLength - 1)]}_{hash}{Suffix}";
    }

    /// <summary>Returns the role that a migrated database uses, or the one it will get if it is not migrated yet.</summary>
    internal static async Task<string> OfAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select role.rolname::text
            from pg_proc function cross join lateral aclexplode(function.proacl) entry join pg_roles role on role.oid = entry.grantee
            where function.pronamespace = 'public'::regnamespace
              and function.proname = 'tenant_by_slug'
              and entry.grantee <> function.proowner
              and (role.rolname = $1 or role.rolname like '%\_app\_role')
            order by role.rolname = $1 desc, role.rolname
            limit 1
            """,
            connection)
        { Parameters = { new() { Value = Shared } } };
        return await command.ExecuteScalarAsync(ct) as string ?? For(connection.Database);
    }

    [GeneratedRegex("[^a-z0-9_]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotPlain();
}

/// <summary>Replaces <see cref="ApplicationRole.Shared"/> in migrations by the database's own role.</summary>
internal sealed partial class ApplicationRoleInMigrations(string role) : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default)
    {
#pragma warning disable CA2100 // The name is an identifier that ApplicationRole has made, or the database's own.
        command.CommandText = Named().Replace(command.CommandText, role);
#pragma warning restore CA2100
        return ValueTask.FromResult(result);
    }

    [GeneratedRegex($@"\b{ApplicationRole.Shared}\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Named();
}
