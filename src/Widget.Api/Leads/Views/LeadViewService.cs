using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Leads.Views;

/// <summary>Saved views of leads.</summary>
internal sealed class LeadViewService(TenantDatabase database, TimeProvider clock)
{
    /// <summary>Maximum number of views of a tenant.</summary>
    public const int MaxViews = 100;

    public async Task<IReadOnlyList<LeadView>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Ids are ordered by time.
        var rows = await db.LeadViews.AsNoTracking().OrderBy(row => row.Id).ToListAsync(ct);
        return [.. rows.Select(Show)];
    }

    /// <summary>Saves a new view. Null if the tenant has as many as it may have.</summary>
    public async Task<LeadView?> AddAsync(TenantId tenant, LeadViewRequest request, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("lead views", ct);
        if (await db.LeadViews.CountAsync(ct) >= MaxViews) return null;
        var row = new LeadViewRow
        {
            TenantId = tenant,
            Id = Guid.CreateVersion7(),
            Name = GivenText.Line(request.Name),
            Filter = LeadJson.Write(request),
            CreatedAt = clock.GetUtcNow(),
        };
        db.LeadViews.Add(row);
        await db.CommitAsync(ct);
        return Show(row);
    }

    /// <summary>Null if there is no such view.</summary>
    public async Task<LeadView?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.LeadViews.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is { } row ? Show(row) : null;
    }

    /// <summary>Replaces a view. Null if there is no such view.</summary>
    public async Task<LeadView?> ReplaceAsync(TenantId tenant, Guid id, LeadViewRequest request, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.LeadViews.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return null;
        (row.Name, row.Filter) = (GivenText.Line(request.Name), LeadJson.Write(request));
        await db.CommitAsync(ct);
        return Show(row);
    }

    /// <summary>Returns false if there is no such view.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var deleted = await db.LeadViews.Where(row => row.Id == id).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted == 1;
    }

    private static LeadView Show(LeadViewRow row)
    {
        var filter = LeadJson.Parse<LeadViewRequest>(row.Filter);
        return new LeadView(
            row.Id,
            row.Name,
            filter.Query,
            filter.Tier,
            filter.Owner,
            filter.From,
            filter.To,
            filter.Sort,
            row.CreatedAt)
        {
            Field = filter.Field,
        };
    }
}
