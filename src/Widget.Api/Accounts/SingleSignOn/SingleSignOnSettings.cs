using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Accounts.Sessions;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Accounts.SingleSignOn;

/// <summary>A company's provider, with the client secret.</summary>
internal sealed record SingleSignOnSettings(string Issuer, string ClientId, string ClientSecret, Role? DefaultRole);

/// <summary>Stores companies' providers. The client secret is encrypted, and bound to the tenant.</summary>
internal sealed class SingleSignOnStore(TenantDatabase database, TenantSecrets secrets, NpgsqlDataSource dataSource, TimeProvider clock)
{
    private const string SecretName = "single_sign_on";

    /// <summary>Returns the provider. Null if the tenant has none, or if its secret can no longer be decrypted.</summary>
    public async Task<SingleSignOnSettings?> ReadAsync(TenantId tenant, CancellationToken ct) =>
        await RowAsync(tenant, ct) is { } row && secrets.Decrypt(tenant, SecretName, row.ClientSecret) is { } secret
            ? new SingleSignOnSettings(row.Issuer, row.ClientId, secret, row.DefaultRole)
            : null;

    /// <summary>Returns the row and the last characters of the secret. Null if the tenant has no provider.</summary>
    public async Task<(SingleSignOnRow Row, string Hint)?> ShowAsync(TenantId tenant, CancellationToken ct) =>
        await RowAsync(tenant, ct) is { } row
            ? (row, secrets.Decrypt(tenant, SecretName, row.ClientSecret) is { } secret ? TenantSecrets.HintOf(secret) : "")
            : null;

    /// <summary>Saves the provider. False if the request has no secret and there is none to keep.</summary>
    public async Task<bool> SaveAsync(TenantId tenant, SingleSignOnRequest request, Role? defaultRole, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await db.LockAsync("single sign-on", ct);
            var row = await db.SingleSignOn.SingleOrDefaultAsync(ct);
            // A secret that was given to one provider must not be sent to another.
            var isKept = request.ClientSecret is null && row?.Issuer == request.Issuer && row.ClientId == request.ClientId;
            if (request.ClientSecret is null && !isKept) return false;
            var secret = isKept ? row!.ClientSecret : secrets.Encrypt(tenant, SecretName, request.ClientSecret!);
            if (row is not null && row.Issuer != request.Issuer) await ForgetPeopleAsync(db, ct);
            if (row is null)
            {
                row = new SingleSignOnRow { TenantId = tenant, Issuer = "", ClientId = "", ClientSecret = "" };
                db.SingleSignOn.Add(row);
            }

            (row.Issuer, row.ClientId, row.ClientSecret) = (request.Issuer, request.ClientId, secret);
            (row.Required, row.DefaultRole, row.UpdatedAt) = (request.Required, defaultRole, clock.GetUtcNow());
            await db.CommitAsync(ct);
        }

        return true;
    }

    /// <summary>Removes the provider and ends the sessions that began there. False if there was none.</summary>
    public async Task<bool> RemoveAsync(TenantId tenant, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            if (await db.SingleSignOn.ExecuteDeleteAsync(ct) == 0) return false;
            await ForgetPeopleAsync(db, ct);
            await db.CommitAsync(ct);
        }

        await using var end = dataSource.CreateCommand("delete from account_sessions where only_tenant_id = $1 and method = $2");
        end.Parameters.Add(new() { Value = tenant.Value });
        end.Parameters.Add(new() { Value = SignInMethod.SingleSignOn });
        await end.ExecuteNonQueryAsync(ct);
        return true;
    }

    // Ids of people mean nothing at another provider.
    private static Task<int> ForgetPeopleAsync(TenantDb db, CancellationToken ct) =>
        db.Members.Where(row => row.SignOnSubject != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.SignOnSubject, (string?)null), ct);

    private async Task<SingleSignOnRow?> RowAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.SingleSignOn.AsNoTracking().SingleOrDefaultAsync(ct);
    }
}
