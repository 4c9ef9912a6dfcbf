using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Outbound;
using Widget.Api.Tenancy;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.TenantTools.Http;

/// <summary>Why a tool was not saved.</summary>
internal enum HttpToolRefusal
{
    /// <summary>The tenant has no such tool.</summary>
    NotFound,

    /// <summary>Another tool has the name.</summary>
    NameTaken,

    /// <summary>The tenant has as many tools as allowed.</summary>
    TooMany,
}

/// <summary>A tenant's tools on its own servers.</summary>
internal sealed class HttpToolService(
    TenantDatabase database,
    TenantSecrets secrets,
    ToolRegistry registry,
    HttpToolCaller caller,
    TimeProvider clock)
{
    public const int MaxTools = 20;

    private static readonly JsonElement NoParameters = TenantToolCatalogue.Schema(
        """{"type": "object", "properties": {}, "additionalProperties": false}""");

    public async Task<IReadOnlyList<HttpTool>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return [.. (await db.HttpTools.AsNoTracking().OrderBy(row => row.Name).ToListAsync(ct)).Select(ToContract)];
    }

    /// <summary>Null if there is no such tool.</summary>
    public async Task<HttpTool?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.HttpTools.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is { } row ? ToContract(row) : null;
    }

    public async Task<(CreatedHttpTool? Created, HttpToolRefusal? Refusal)> AddAsync(
        TenantId tenant,
        HttpToolRequest request,
        CancellationToken ct)
    {
        var (id, secret) = (Guid.CreateVersion7(), SignedRequests.NewSecret());
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(TenantToolCatalogue.Lock, ct);
        if (await db.HttpTools.CountAsync(ct) >= MaxTools) return (null, HttpToolRefusal.TooMany);
        if (await IsTakenAsync(db, request.Name, id, ct)) return (null, HttpToolRefusal.NameTaken);
        var row = new HttpToolRow
        {
            TenantId = tenant,
            Id = id,
            Name = "",
            Description = "",
            Parameters = "",
            Url = "",
            Secret = secrets.Encrypt(tenant, HttpToolCaller.SecretName(id), secret),
            HasEffects = true,
            Enabled = true,
            CreatedAt = clock.GetUtcNow(),
        };
        Fill(row, request);
        db.HttpTools.Add(row);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        var tool = ToContract(row);
        return (new CreatedHttpTool
        {
            Id = id,
            Name = tool.Name,
            Description = tool.Description,
            Parameters = tool.Parameters,
            Url = tool.Url,
            HasEffects = tool.HasEffects,
            Enabled = tool.Enabled,
            CreatedAt = tool.CreatedAt,
            UpdatedAt = tool.UpdatedAt,
            Secret = secret,
        }, null);
    }

    public async Task<(HttpTool? Changed, HttpToolRefusal? Refusal)> ChangeAsync(
        TenantId tenant,
        Guid id,
        HttpToolRequest request,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync(TenantToolCatalogue.Lock, ct);
        if (await db.HttpTools.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return (null, HttpToolRefusal.NotFound);
        if (await IsTakenAsync(db, request.Name, id, ct)) return (null, HttpToolRefusal.NameTaken);
        Fill(row, request);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        return (ToContract(row), null);
    }

    /// <summary>Deletes a tool. Returns false if there is none.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var deleted = await db.HttpTools.Where(row => row.Id == id).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted > 0;
    }

    /// <summary>Gives a tool a new secret. Null if there is no such tool.</summary>
    public async Task<HttpToolSecret?> ReplaceSecretAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        var secret = SignedRequests.NewSecret();
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.HttpTools.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return null;
        var until = clock.GetUtcNow() + SignedRequests.SecretOverlap;
        (row.OldSecret, row.OldSecretUntil) = (row.Secret, until);
        row.Secret = secrets.Encrypt(tenant, HttpToolCaller.SecretName(id), secret);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        return new HttpToolSecret(secret, until);
    }

    /// <summary>Tries a tool, whether it is enabled or not. Null if there is no such tool.</summary>
    public async Task<HttpToolTestResult?> TestAsync(TenantId tenant, Guid id, JsonElement arguments, CancellationToken ct)
    {
        HttpToolRow? row;
        await using (var db = await database.BeginAsync(tenant, ct))
            row = await db.HttpTools.AsNoTracking().SingleOrDefaultAsync(entry => entry.Id == id, ct);
        if (row is null) return null;
        var error = ToolArguments.Read(arguments, out var read)
            ?? ArgumentSchema.ArgumentError(TenantToolCatalogue.Schema(row.Parameters), read);
        if (error is not null)
            return new HttpToolTestResult(false, $"The arguments are not valid: {error}", null, 0, ToolJson.Element(new { error }));
        var start = clock.GetTimestamp();
        var endpoint = new HttpToolEndpoint(tenant, id, row.Name, row.Url, row.Secret, row.OldSecret, row.OldSecretUntil);
        var call = new HttpToolCall($"test_{Guid.CreateVersion7():N}", ConversationId: null, VisitorId: null, Locale: null);
        var outcome = await caller.CallAsync(endpoint, read, call, ct);
        var took = clock.GetElapsedTime(start).TotalMilliseconds;
        var message = outcome.Error ?? $"The tool answered with status {outcome.Status} after {took:0} ms.";
        return new HttpToolTestResult(outcome.Result.Success, message, outcome.Status, took, outcome.Result.Value);
    }

    private async Task<bool> IsTakenAsync(TenantDb db, string name, Guid except, CancellationToken ct) =>
        registry.BuiltIn.Any(tool => tool.Name == name)
        || await db.HttpTools.AnyAsync(row => row.Name == name && row.Id != except, ct)
        || await db.McpTools.AnyAsync(row => row.Alias == name, ct);

    private void Fill(HttpToolRow row, HttpToolRequest request)
    {
        row.Name = request.Name;
        row.Description = request.Description.Trim();
        row.Parameters = (request.Parameters ?? NoParameters).GetRawText();
        row.Url = request.Url;
        row.HasEffects = request.HasEffects ?? true;
        row.Enabled = request.Enabled ?? true;
        row.UpdatedAt = clock.GetUtcNow();
    }

    private static HttpTool ToContract(HttpToolRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Description = row.Description,
        Parameters = TenantToolCatalogue.Schema(row.Parameters),
        Url = row.Url,
        HasEffects = row.HasEffects,
        Enabled = row.Enabled,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
    };
}
