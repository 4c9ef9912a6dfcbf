using Microsoft.EntityFrameworkCore;
using Widget.Api.Accounts.OperatorArea;
using Widget.Api.Accounts.SingleSignOn;
using Widget.Api.Accounts.Team;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts;

/// <summary>The tables of tenants that belong to signing in: invitations, single sign-on and the operator's access.</summary>
public static class AccountTables
{
    public static TenantTables Tables { get; } = new(typeof(AccountTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<InvitationRow> Invitations => db.Set<InvitationRow>();

        public DbSet<SingleSignOnRow> SingleSignOn => db.Set<SingleSignOnRow>();

        public DbSet<OperatorAccessRow> OperatorAccess => db.Set<OperatorAccessRow>();
    }

    private static void Map(ModelBuilder model)
    {
        InvitationRow.Map(model);
        SingleSignOnRow.Map(model);
        OperatorAccessRow.Map(model);
    }
}
