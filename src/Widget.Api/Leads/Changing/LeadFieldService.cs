using Microsoft.EntityFrameworkCore;
using Widget.Api.Leads.Reading;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Changing;

/// <summary>The tenant's own fields of leads.</summary>
internal sealed class LeadFieldService(TenantDatabase database)
{
    public async Task<LeadFields> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return new LeadFields { Fields = await LeadReader.FieldsAsync(db, ct) };
    }

    public async Task SaveAsync(TenantId tenant, LeadFields fields, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("lead settings", ct);
        var row = await db.LeadSettings.SingleOrDefaultAsync(ct);
        if (row is null) db.LeadSettings.Add(row = new LeadSettingsRow { TenantId = tenant });
        row.Fields = LeadJson.Write(fields.Fields);
        await db.CommitAsync(ct);
    }
}
