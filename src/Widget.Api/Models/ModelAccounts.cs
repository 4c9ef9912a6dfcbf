using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Models;

/// <summary>
/// Stores tenants' own models. A key is stored in the row of its endpoint and encrypted for this endpoint's server, so it cannot be sent to
/// another one.
/// </summary>
public sealed class ModelAccounts(TenantDatabase database, TenantSecrets secrets, TimeProvider clock)
{
    private const int MaxCachedModels = 10_000;
    private const string Columns = "name, provider, endpoint, model, protected_key, key_hint, updated_at, dimensions";

    /// <summary>How long a node may use a cached model after another node has saved a different one.</summary>
    private static readonly TimeSpan CacheLifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(TenantId Tenant, ModelPurpose Purpose), (OwnModel? Model, long Expires)> _cache = [];

    /// <summary>The tenant's own model; null if it has none.</summary>
    public async ValueTask<OwnModel?> FindAsync(TenantId tenant, ModelPurpose purpose, CancellationToken ct)
    {
        var now = clock.GetTimestamp();
        if (_cache.TryGetValue((tenant, purpose), out var cached) && cached.Expires > now) return cached.Model;
        await using var batch = database.Batch(tenant).Add(
            $"select {Columns} from tenant_models where tenant_id = $1 and purpose = $2 and replaced_at is null",
            [tenant.Value, NameOf(purpose)]);
        var model = await ReadAsync(tenant, batch, ct);
        if (_cache.Count >= MaxCachedModels) _cache.Clear();
        _cache[(tenant, purpose)] = (model, now + (long)(CacheLifetime.TotalSeconds * clock.TimestampFrequency));
        return model;
    }

    /// <summary>The tenant's model of this name, even if the tenant has replaced it; null if there is none.</summary>
    public async ValueTask<OwnModel?> FindAsync(TenantId tenant, ModelPurpose purpose, string name, CancellationToken ct)
    {
        if (await FindAsync(tenant, purpose, ct) is { } current && current.Name == name) return current;
        await using var batch = database.Batch(tenant).Add(
            $"select {Columns} from tenant_models where tenant_id = $1 and purpose = $2 and name = $3",
            [tenant.Value, NameOf(purpose), name]);
        return await ReadAsync(tenant, batch, ct);
    }

    /// <summary>Deletes the models that the tenant has replaced, except for one.</summary>
    public async Task RemoveReplacedAsync(TenantId tenant, ModelPurpose purpose, string except, CancellationToken ct)
    {
        var stored = NameOf(purpose);
        await using var db = await database.BeginAsync(tenant, ct);
        await db.Set<TenantModelRow>().Where(row => row.Purpose == stored && row.ReplacedAt != null && row.Name != except)
            .ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Adds or replaces the tenant's own model.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="purpose">What the model is for.</param>
    /// <param name="account">The model.</param>
    /// <param name="ct">Cancels the operation.</param>
    public async Task SaveAsync(TenantId tenant, ModelPurpose purpose, ModelAccount account, CancellationToken ct)
    {
        var (stored, name, now) = (NameOf(purpose), OwnModel.NameOf(account), clock.GetUtcNow());
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await db.LockAsync($"model {stored}", ct);
            var rows = await db.Set<TenantModelRow>().Where(row => row.Purpose == stored).ToListAsync(ct);
            if (rows.Find(row => row.Name == name) is { } known) db.Remove(known);
            foreach (var other in rows.Where(row => row.Name != name && row.ReplacedAt is null))
            {
                // Searches use the vectors of the previous embedding model until the new ones are complete.
                if (purpose == ModelPurpose.Embedding) other.ReplacedAt = now;
                else db.Remove(other);
            }

            // The row of the same name is replaced, and no two rows may be current, so the changes are written in this order.
            await db.SaveChangesAsync(ct);
            db.Add(new TenantModelRow
            {
                TenantId = tenant,
                Purpose = stored,
                Name = name,
                Provider = NameOf(account.Provider),
                Endpoint = account.Endpoint.AbsoluteUri,
                Model = account.Model,
                Dimensions = account.Dimensions,
                ProtectedKey = account.Key is { } key ? secrets.Encrypt(tenant, SecretName(account.Endpoint), key) : null,
                KeyHint = account.Key is null ? "" : TenantSecrets.HintOf(account.Key),
                UpdatedAt = now,
            });
            await db.CommitAsync(ct);
        }

        _cache.TryRemove((tenant, purpose), out _);
    }

    /// <summary>Deletes the tenant's own model and all its keys.</summary>
    /// <returns>False if there was none.</returns>
    public async Task<bool> RemoveAsync(TenantId tenant, ModelPurpose purpose, CancellationToken ct)
    {
        var stored = NameOf(purpose);
        bool hadCurrent;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await db.LockAsync($"model {stored}", ct);
            var rows = await db.Set<TenantModelRow>().Where(row => row.Purpose == stored).ToListAsync(ct);
            hadCurrent = rows.Exists(row => row.ReplacedAt is null);
            db.RemoveRange(rows);
            await db.CommitAsync(ct);
        }

        _cache.TryRemove((tenant, purpose), out _);
        return hadCurrent;
    }

    private async Task<OwnModel?> ReadAsync(TenantId tenant, TenantBatch batch, CancellationToken ct)
    {
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? Read(tenant, row) : null;
    }

    private OwnModel Read(TenantId tenant, NpgsqlDataReader row)
    {
        var (provider, endpoint, model) = (ParseProvider(row.GetString(1)), new Uri(row.GetString(2)), row.GetString(3));
        var encrypted = row.IsDBNull(4) ? null : row.GetString(4);
        var key = encrypted is null ? null : secrets.Decrypt(tenant, SecretName(endpoint), encrypted);
        var isKeyLost = encrypted is not null && key is null;
        return new OwnModel(
            row.GetString(0),
            provider,
            endpoint,
            model,
            row.GetString(5),
            row.GetFieldValue<DateTimeOffset>(6),
            isKeyLost
                ? null
                : new ModelAccount(provider, endpoint, model, key) { Dimensions = row.IsDBNull(7) ? null : row.GetInt32(7) });
    }

    private static string SecretName(Uri endpoint) => $"model_key {endpoint.GetLeftPart(UriPartial.Authority)}";

    private static string NameOf(ModelPurpose purpose) => purpose == ModelPurpose.Chat ? "chat" : "embedding";

    private static string NameOf(ModelProvider provider) => provider switch
    {
        ModelProvider.OpenAI => "openai",
        ModelProvider.Azure => "azure",
        ModelProvider.Ollama => "ollama",
        ModelProvider.Vllm => "vllm",
        _ => "openai_compatible",
    };

    private static ModelProvider ParseProvider(string stored) =>
        Enum.GetValues<ModelProvider>().First(provider => NameOf(provider) == stored);
}
