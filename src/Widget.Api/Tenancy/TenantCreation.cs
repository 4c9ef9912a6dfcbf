using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tenancy;

/// <summary>Adds tenants with their first keys.</summary>
public sealed class TenantCreation(TenantDatabase database)
{
    /// <summary>The error of a slug that is not valid.</summary>
    public const string InvalidSlug =
        "Use 2 to 63 lowercase letters, digits and single hyphens, with no hyphen at either end.";

    /// <summary>
    /// Begins a transaction with a new tenant. The caller adds what belongs to it and commits. Null if the slug is taken.
    /// </summary>
    /// <param name="slug">A valid slug.</param>
    /// <param name="name">The company's name.</param>
    /// <param name="origins">Normalized origins that may embed the widget.</param>
    /// <param name="ct">Cancels the statements.</param>
    public async Task<NewTenant?> BeginAsync(string slug, string name, IEnumerable<string> origins, CancellationToken ct)
    {
        var tenant = TenantId.New();
        var db = await database.BeginAsync(tenant, ct);
        try
        {
            db.Tenants.Add(new Tenant { TenantId = tenant, Slug = slug, Name = name });
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            await db.DisposeAsync();
            return null;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }

        var siteKey = SiteKey.New(tenant);
        db.SiteKeys.Add(siteKey);
        db.AllowedOrigins.AddRange(
            origins.Distinct(StringComparer.Ordinal).Select(origin => new AllowedOrigin { TenantId = tenant, Origin = origin }));
        return new NewTenant(db, tenant, slug, siteKey.Key);
    }

    /// <summary>Makes a slug of a company's name. Empty if no letter or digit of it can be part of one.</summary>
    public static string SlugOf(string name)
    {
        var letters = name.ToLowerInvariant().Select(letter => letter switch
        {
            'ä' => "ae",
            'ö' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            'á' or 'à' or 'â' or 'ã' or 'å' => "a",
            'é' or 'è' or 'ê' or 'ë' => "e",
            'í' or 'ì' or 'î' or 'ï' => "i",
            'ó' or 'ò' or 'ô' or 'õ' or 'ø' => "o",
            'ú' or 'ù' or 'û' => "u",
            'ñ' => "n",
            'ç' => "c",
            _ when char.IsAsciiLetterOrDigit(letter) => letter.ToString(),
            _ => "-",
        });
        var words = string.Concat(letters).Split('-', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', words);
        return slug.Length <= MaxSlugOfName ? slug : slug[..MaxSlugOfName].TrimEnd('-');
    }

    private const int MaxSlugOfName = 50;
}

/// <summary>A transaction with a tenant that was just added.</summary>
/// <param name="Db">The transaction.</param>
/// <param name="TenantId">The tenant.</param>
/// <param name="Slug">Its name in URLs.</param>
/// <param name="SiteKey">Its site key.</param>
public sealed record NewTenant(TenantDb Db, TenantId TenantId, string Slug, string SiteKey) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Db.DisposeAsync();
}
