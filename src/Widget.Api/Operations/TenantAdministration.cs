using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Platform.Tenancy;

namespace Widget.Api.Operations;

/// <summary>A tenant that was just created. Its API key is shown only once.</summary>
public sealed record CreatedTenant(Guid TenantId, string Slug, string SiteKey, string ApiKey);

/// <summary>A tenant in the list of tenants.</summary>
public sealed record TenantLine(Guid TenantId, string Slug, string Name, DateTimeOffset CreatedAt);

/// <summary>A key in the list of a tenant's keys.</summary>
public sealed record KeyLine(string Kind, string Key, string Name, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>A command that cannot be carried out. The message says why.</summary>
public sealed class OperatorException(string message) : Exception(message);

/// <summary>
/// The operator's commands for tenants. They run as the owner of the tables. Row-level security applies to the owner, too, so each
/// transaction sets its tenant.
/// </summary>
public sealed class TenantAdministration(NpgsqlDataSource owner, TimeProvider? clock = null)
{
    private readonly TenantDatabase _database = new(owner, [TenancyTables.Tables, UsageTables.Tables]);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <exception cref="OperatorException">The slug, the name or an origin is not valid, or the slug is taken.</exception>
    public async Task<CreatedTenant> CreateAsync(string slug, string name, IReadOnlyList<string> origins, CancellationToken ct)
    {
        if (!Tenant.SlugPattern().IsMatch(slug))
        {
            throw new OperatorException($"The slug \"{slug}\" is not valid. {TenantCreation.InvalidSlug}");
        }

        if (string.IsNullOrWhiteSpace(name) || name.Length > 200) throw new OperatorException("The name must have 1 to 200 characters.");
        var allowed = origins.Select(text => AllowedOrigin.Normalize(text)
            ?? throw new OperatorException($"\"{text}\" is not an origin. Write it as https://www.example.com, without a path.")).ToList();

        if (await FindAsync(slug, ct) is not null) throw Taken();
        // Null if another command has created it at the same time.
        await using var created = await new TenantCreation(_database).BeginAsync(slug, name, allowed, ct) ?? throw Taken();
        var (apiKey, secret) = ApiKey.New(created.TenantId, "first");
        created.Db.ApiKeys.Add(apiKey);
        await created.Db.CommitAsync(ct);
        return new CreatedTenant(created.TenantId.Value, slug, created.SiteKey, secret);

        OperatorException Taken() => new($"There is already a tenant with the slug \"{slug}\".");
    }

    public async Task<IReadOnlyList<TenantLine>> ListAsync(CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        await using var command = transaction.Command("select tenant_id, slug, name, created_at from tenants order by slug");
        await using var rows = await command.ExecuteReaderAsync(ct);
        var tenants = new List<TenantLine>();
        while (await rows.ReadAsync(ct))
            tenants.Add(new TenantLine(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetFieldValue<DateTimeOffset>(3)));
        return tenants;
    }

    public async Task<IReadOnlyList<KeyLine>> KeysAsync(string slug, CancellationToken ct)
    {
        await using var db = await OpenAsync(slug, ct);
        var siteKeys = await db.SiteKeys.OrderBy(key => key.CreatedAt).ToListAsync(ct);
        var apiKeys = await db.ApiKeys.OrderBy(key => key.CreatedAt).ToListAsync(ct);
        return
        [
            .. siteKeys.Select(key => new KeyLine("site", key.Key, "", key.CreatedAt, key.RevokedAt)),
            .. apiKeys.Select(key => new KeyLine("api", key.Prefix + "…", key.Name, key.CreatedAt, key.RevokedAt)),
        ];
    }

    /// <returns>The new site key.</returns>
    public async Task<string> AddSiteKeyAsync(string slug, CancellationToken ct)
    {
        await using var db = await OpenAsync(slug, ct);
        var key = SiteKey.New(db.TenantId);
        db.SiteKeys.Add(key);
        await db.CommitAsync(ct);
        return key.Key;
    }

    /// <returns>The new API key, which is shown only once.</returns>
    public async Task<string> AddApiKeyAsync(string slug, string name, CancellationToken ct)
    {
        await using var db = await OpenAsync(slug, ct);
        var (key, secret) = ApiKey.New(db.TenantId, name);
        db.ApiKeys.Add(key);
        await db.CommitAsync(ct);
        return secret;
    }

    /// <summary>Revokes a site key or an API key. An API key can be given in full or by its first characters.</summary>
    /// <exception cref="OperatorException">The tenant has no such key in use.</exception>
    public async Task RevokeAsync(string slug, string key, CancellationToken ct)
    {
        await using var db = await OpenAsync(slug, ct);
        var prefix = key.TrimEnd('…');
        var hash = ApiKey.HashOf(key);
        var now = _clock.GetUtcNow();
        var revoked = await db.SiteKeys.Where(row => row.Key == key && row.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, now), ct);
        revoked += await db.ApiKeys.Where(row => (row.Hash == hash || row.Prefix == prefix) && row.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, now), ct);
        if (revoked == 0) throw new OperatorException($"The tenant \"{slug}\" has no key {key} in use.");
        await db.CommitAsync(ct);
    }

    /// <exception cref="OperatorException">The address or role is not valid.</exception>
    public async Task AddMemberAsync(string slug, string email, string name, string role, CancellationToken ct)
    {
        if (!Enum.TryParse<Role>(role, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed))
            throw new OperatorException($"\"{role}\" is not a role. Use owner, admin, rep or viewer.");
        email = email.Trim().ToLowerInvariant();
        if (!System.Net.Mail.MailAddress.TryCreate(email, out _)) throw new OperatorException($"\"{email}\" is not an e-mail address.");
        await using var db = await OpenAsync(slug, ct);
        if (await db.Members.SingleOrDefaultAsync(row => row.Email == email, ct) is { } member)
        {
            member.Role = parsed;
            if (name.Length > 0) member.Name = name;
        }
        else
        {
            member = new Member { TenantId = db.TenantId, Id = Guid.CreateVersion7(), Email = email, Name = name, Role = parsed };
            db.Members.Add(member);
        }

        member.AccountId ??= await AccountAsync(db, email, ct);
        await db.CommitAsync(ct);
    }

    public async Task<IReadOnlyList<Member>> MembersAsync(string slug, CancellationToken ct)
    {
        await using var db = await OpenAsync(slug, ct);
        return await db.Members.AsNoTracking().OrderBy(row => row.Email).ToListAsync(ct);
    }

    /// <exception cref="OperatorException">The tenant has no such member.</exception>
    public async Task RemoveMemberAsync(string slug, string email, CancellationToken ct)
    {
        email = email.Trim().ToLowerInvariant();
        await using var db = await OpenAsync(slug, ct);
        if (await db.Members.Where(row => row.Email == email).ExecuteDeleteAsync(ct) == 0)
            throw new OperatorException($"The tenant \"{slug}\" has no member {email}.");
        await db.CommitAsync(ct);
    }

    internal static OperatorException NoSuchTenant(string slug) =>
        new($"There is no tenant with the slug \"{slug}\". `widget tenants list` lists all tenants.");

    // An account whose address is not confirmed may be another person's.
    private static async Task<Guid?> AccountAsync(TenantDb db, string email, CancellationToken ct)
    {
        await using var find = db.Command(
            "select id from accounts where normalized_email = $1 and email_confirmed",
            [email.ToUpperInvariant()]);
        return await find.ExecuteScalarAsync(ct) as Guid?;
    }

    private async Task<TenantDb> OpenAsync(string slug, CancellationToken ct) =>
        await FindAsync(slug, ct) is { } tenant ? await _database.BeginAsync(tenant, ct) : throw NoSuchTenant(slug);

    private async Task<TenantId?> FindAsync(string slug, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        await using var command = transaction.Command("select tenant_id from tenants where slug = $1", [slug]);
        return await command.ExecuteScalarAsync(ct) is Guid tenant ? new TenantId(tenant) : null;
    }
}
