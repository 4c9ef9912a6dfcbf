using Npgsql;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.Access;
using Widget.Contracts;

namespace Widget.Api.Accounts.Sessions;

/// <summary>Reads of which tenants an account is a member.</summary>
internal sealed class MembershipReader(NpgsqlDataSource dataSource)
{
    /// <summary>The memberships that a session reaches, by the companies' names.</summary>
    /// <param name="account">The account.</param>
    /// <param name="only">The only tenant that the session reaches; null for all.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyList<Membership>> ListAsync(Guid account, Guid? only, CancellationToken ct)
    {
        await using var find = dataSource.CreateCommand(
            "select tenant_id, slug, name, suspended, role, needs_sign_on from memberships_of_account($1)");
        find.Parameters.Add(new() { Value = account });
        await using var rows = await find.ExecuteReaderAsync(ct);
        var memberships = new List<Membership>();
        while (await rows.ReadAsync(ct))
        {
            var tenant = rows.GetGuid(0);
            if (only is { } one && one != tenant) continue;
            var role = rows.GetString(4);
            memberships.Add(new Membership(tenant, rows.GetString(1), rows.GetString(2), role)
            {
                Permissions = Permissions.Of(Enum.Parse<Role>(role, ignoreCase: true)),
                Suspended = rows.GetBoolean(3),
                NeedsSingleSignOn = only is null && rows.GetBoolean(5),
            });
        }

        return memberships;
    }
}
