using Npgsql;
using NpgsqlTypes;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>
/// Finds a tenant in the database by an identifier. Row-level security would hide the rows of a tenant that is not known yet, so this uses
/// the database functions tenant_by_…, each of which makes only one kind of lookup.
/// </summary>
public sealed class TenantStore(NpgsqlDataSource dataSource) : IMultiTenantStore
{
    /// <summary>Marks an identifier as a tenant's id, because a slug can look like one.</summary>
    public const string IdPrefix = "id:";

    public async Task<TenantInfo?> GetByIdentifierAsync(string identifier, CancellationToken ct)
    {
        if (identifier.StartsWith(SiteKey.Prefix, StringComparison.Ordinal))
            return await FindAsync("select tenant_id, slug, name from tenant_by_site_key($1)", identifier, NpgsqlDbType.Text, ct);
        if (identifier.StartsWith(ApiKey.SecretPrefix, StringComparison.Ordinal)
            || identifier.StartsWith(ApiKey.ModelPrefix, StringComparison.Ordinal))
            return await FindByKeyAsync(ApiKey.HashOf(identifier), ct);

        if (identifier.StartsWith(IdPrefix, StringComparison.Ordinal) && Guid.TryParse(identifier[IdPrefix.Length..], out var id))
            return await FindAsync("select tenant_id, slug, name from tenant_by_id($1)", id, NpgsqlDbType.Uuid, ct);
        return await FindAsync("select tenant_id, slug, name from tenant_by_slug($1)", identifier, NpgsqlDbType.Text, ct);
    }

    private async Task<TenantInfo?> FindByKeyAsync(byte[] hash, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, slug, name, key_id, key_name, scopes from tenant_by_api_key($1)");
        command.Parameters.Add(new() { Value = hash });
        await using var row = await command.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct)) return null;
        return new TenantInfo(new TenantId(row.GetGuid(0)), row.GetString(1), row.GetString(2))
        {
            Key = new UsedKey(row.GetGuid(3), row.GetString(4), row.IsDBNull(5) ? null : row.GetFieldValue<string[]>(5)),
        };
    }

    private async Task<TenantInfo?> FindAsync(string sql, object value, NpgsqlDbType type, CancellationToken ct)
    {
#pragma warning disable CA2100 // One of the three literals above.
        await using var command = dataSource.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = value, NpgsqlDbType = type });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new TenantInfo(new TenantId(row.GetGuid(0)), row.GetString(1), row.GetString(2)) : null;
    }
}
