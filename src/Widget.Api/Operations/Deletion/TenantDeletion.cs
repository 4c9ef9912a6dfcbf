using System.Text.Json.Serialization;
using Npgsql;
using Widget.Api.Recordings;
using Widget.Api.Tavus;
using Widget.Api.Tavus.Client;
using Widget.Api.Tavus.Knowledge;
using Widget.Api.Voice.Calls;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;

namespace Widget.Api.Operations.Deletion;

/// <summary>All data of a tenant.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Slug">Its name in URLs.</param>
/// <param name="Name">The company's name.</param>
/// <param name="Rows">The number of rows in each table.</param>
/// <param name="AtTavus">The objects at Tavus that this installation has created and stored.</param>
public sealed record TenantContents(
    Guid TenantId,
    string Slug,
    string Name,
    IReadOnlyDictionary<string, long> Rows,
    IReadOnlyList<TenantTavusObject> AtTavus);

/// <summary>A tenant that was deleted.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Slug">Its name in URLs, which can be used again.</param>
/// <param name="Rows">The number of deleted rows in each table.</param>
/// <param name="AtTavus">What was ended or deleted at Tavus.</param>
/// <param name="Remaining">What is still at Tavus.</param>
/// <param name="Calls">Voice calls that no node has hung up, by the provider's ids. The provider's own limit ends them.</param>
public sealed record DeletedTenant(
    Guid TenantId,
    string Slug,
    IReadOnlyDictionary<string, long> Rows,
    IReadOnlyList<TenantTavusObject> AtTavus,
    [property: JsonPropertyName("leftOver")] IReadOnlyList<RemainingTavusObject> Remaining,
    IReadOnlyList<string> Calls);

/// <summary>
/// Deletes a tenant and all its data: revokes its keys, ends its calls, deletes its objects at Tavus and finally its rows. The rows are
/// deleted last, so that an interrupted deletion can be repeated.
/// </summary>
/// <param name="owner">The role that owns the tables.</param>
/// <param name="services">The application's services, for Tavus and calls.</param>
internal sealed class TenantDeletion(NpgsqlDataSource owner, IServiceProvider services)
{
    private readonly TenantRows _rows = new(owner);
    private readonly TavusCleanup _tavus = new(
        owner,
        services.GetRequiredService<TavusAccounts>(),
        services.GetRequiredService<TavusClient>(),
        services.GetRequiredService<AccountListing>());

    private readonly RecordingFiles _recordings = services.GetRequiredService<RecordingFiles>();

    private readonly TenantCalls _calls = new(
        services.GetRequiredService<TenantDatabase>(),
        services.GetRequiredService<VoiceBus>(),
        services.GetRequiredService<TimeProvider>());

    /// <exception cref="OperatorException">There is no such tenant.</exception>
    public async Task<TenantContents> InspectAsync(string slug, CancellationToken ct)
    {
        var (tenant, name) = await FindAsync(slug, ct);
        return new TenantContents(tenant.Value, slug, name, await _rows.CountAsync(tenant, ct), await _tavus.StoredAsync(tenant, ct));
    }

    /// <exception cref="OperatorException">There is no such tenant.</exception>
    public async Task<DeletedTenant> DeleteAsync(string slug, CancellationToken ct)
    {
        var (tenant, _) = await FindAsync(slug, ct);
        await RevokeKeysAsync(tenant, ct);
        var calls = await _calls.EndAsync(tenant, ct);
        await _rows.TakeLeasesAsync(tenant, ct);
        var (deleted, remaining) = await _tavus.DeleteAsync(tenant, ct);
        await _recordings.DeleteAllAsync(tenant, ct);
        var rows = await _rows.DeleteAsync(tenant, ct);
        await new VectorIndexes(owner).DropAsync(tenant, ct);
        // Deletes rows that a node has written in the meantime to tables that do not reference the tenant.
        await _rows.DeleteAsync(tenant, ct);
        return new DeletedTenant(tenant.Value, slug, rows, deleted, remaining, calls);
    }

    private async Task<(TenantId Tenant, string Name)> FindAsync(string slug, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        await using var command = transaction.Command("select tenant_id, name from tenants where slug = $1", [slug]);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (new TenantId(row.GetGuid(0)), row.GetString(1)) : throw TenantAdministration.NoSuchTenant(slug);
    }

    private async Task RevokeKeysAsync(TenantId tenant, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        foreach (var table in new[] { "site_keys", "api_keys" })
        {
            await using var revoke = transaction.Command(
                $"update {table} set revoked_at = now() where tenant_id = $1 and revoked_at is null",
                [tenant.Value]);
            await revoke.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }
}
