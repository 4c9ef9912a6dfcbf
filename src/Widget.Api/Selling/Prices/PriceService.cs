using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Selling.Prices;

/// <summary>A tenant's prices.</summary>
public sealed class PriceService(TenantDatabase database, TimeProvider clock)
{
    public const int MaxPrices = 500;

    public async Task<IReadOnlyList<PriceDetail>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return [.. (await RowsAsync(db, ct)).Select(ToDetail)];
    }

    /// <summary>Returns a price. Null if the tenant has no such price.</summary>
    public async Task<PriceDetail?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.Prices.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is { } row ? ToDetail(row) : null;
    }

    /// <summary>Adds a price. Null if the tenant has as many as allowed.</summary>
    public async Task<PriceDetail?> AddAsync(TenantId tenant, PriceRequest request, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("prices", ct);
        if (await db.Prices.CountAsync(ct) >= MaxPrices) return null;
        var row = new PriceRow { TenantId = tenant, Id = Guid.CreateVersion7(), Name = "", Description = "", Tags = [] };
        Fill(row, request);
        db.Prices.Add(row);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        return ToDetail(row);
    }

    /// <summary>Replaces a price. Null if the tenant has no such price.</summary>
    public async Task<PriceDetail?> ChangeAsync(TenantId tenant, Guid id, PriceRequest request, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.Prices.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return null;
        Fill(row, request);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        return ToDetail(row);
    }

    /// <summary>Deletes a price. Returns false if there is none.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var deleted = await db.Prices.Where(row => row.Id == id).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted > 0;
    }

    /// <summary>Whether the tenant has prices.</summary>
    public async Task<bool> HasAnyAsync(TenantId tenant, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("select exists (select from prices where tenant_id = $1)", [tenant.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) && row.GetBoolean(0);
    }

    /// <summary>Returns the prices that a question asks for (<see cref="PriceChoice"/>). Empty if the tenant has none.</summary>
    public async Task<IReadOnlyList<ShownPrice>> ChooseAsync(TenantId tenant, string? query, string? locale, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return [.. PriceChoice.Of(await RowsAsync(db, ct), query, locale).Select(ToShown)];
    }

    private static async Task<IReadOnlyList<PriceRow>> RowsAsync(TenantDb db, CancellationToken ct) =>
        await db.Prices.AsNoTracking().OrderBy(row => row.Name).ThenBy(row => row.Id).ToListAsync(ct);

    private void Fill(PriceRow row, PriceRequest request)
    {
        row.Name = VisibleText.Line(request.Name);
        row.Description = request.Description?.Trim() ?? "";
        (row.Amount, row.Currency) = (request.Amount, request.Amount is null ? null : request.Currency);
        row.Per = GivenText.Of(request.Per);
        row.Conditions = GivenText.Of(request.Conditions);
        row.Url = GivenText.Of(request.Url);
        row.Language = GivenText.Of(request.Language);
        row.Tags = [.. (request.Tags ?? []).Select(tag => tag.Trim())];
        row.UpdatedAt = clock.GetUtcNow();
    }

    private static PriceDetail ToDetail(PriceRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Description = row.Description,
        Amount = row.Amount,
        Currency = row.Currency,
        Per = row.Per,
        Conditions = row.Conditions,
        Url = row.Url,
        Language = row.Language,
        Tags = row.Tags,
        UpdatedAt = row.UpdatedAt,
    };

    private static ShownPrice ToShown(PriceRow row) =>
        new(row.Id, row.Name, row.Description, row.Amount, row.Currency, row.Per, row.Conditions, row.Url);
}
