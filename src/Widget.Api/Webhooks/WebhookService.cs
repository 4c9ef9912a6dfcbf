using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Outbound;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Webhooks;

/// <summary>A tenant's webhook endpoints and the messages to them.</summary>
internal sealed class WebhookService(
    TenantDatabase database,
    WebhookSecrets secrets,
    WakeUpSignal<WebhookWorker> signal,
    TimeProvider clock)
{
    public const int MaxEndpoints = 20;
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public async Task<IReadOnlyList<Webhook>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var rows = await db.WebhookEndpoints.AsNoTracking().OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).ToListAsync(ct);
        return [.. rows.Select(ToContract)];
    }

    /// <summary>Null if there is no such endpoint.</summary>
    public async Task<Webhook?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await db.WebhookEndpoints.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct) is { } row ? ToContract(row) : null;
    }

    /// <summary>Adds an endpoint. Null if the tenant has as many as allowed.</summary>
    public async Task<CreatedWebhook?> AddAsync(TenantId tenant, WebhookRequest request, CancellationToken ct)
    {
        var (id, secret) = (Guid.CreateVersion7(), WebhookSecrets.New());
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("webhooks", ct);
        if (await db.WebhookEndpoints.CountAsync(ct) >= MaxEndpoints) return null;
        var row = new WebhookEndpointRow
        {
            TenantId = tenant,
            Id = id,
            Url = request.Url,
            Description = request.Description,
            Events = [.. request.Events.Distinct(StringComparer.Ordinal)],
            Secret = secrets.Encrypt(tenant, id, secret),
            Enabled = true,
            CreatedAt = clock.GetUtcNow(),
        };
        db.WebhookEndpoints.Add(row);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        return new CreatedWebhook
        {
            Id = id,
            Url = row.Url,
            Events = row.Events,
            Description = row.Description,
            Enabled = true,
            CreatedAt = row.CreatedAt,
            Secret = secret,
        };
    }

    /// <summary>Changes an endpoint. Null if there is none.</summary>
    public async Task<Webhook?> ChangeAsync(TenantId tenant, Guid id, WebhookChange change, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.WebhookEndpoints.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return null;
        row.Url = change.Url ?? row.Url;
        row.Description = change.Description ?? row.Description;
        if (change.Events is { } events) row.Events = [.. events.Distinct(StringComparer.Ordinal)];
        if (change.Enabled is { } enabled) (row.Enabled, row.DisabledReason) = (enabled, null);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        signal.Raise();
        return ToContract(row);
    }

    /// <summary>Deletes an endpoint and its messages. Returns false if there is none.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add("delete from webhook_endpoints where tenant_id = $1 and id = $2 returning 1", [tenant.Value, id]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    /// <summary>Gives an endpoint a new secret. Null if there is no such endpoint.</summary>
    public async Task<WebhookSecret?> ReplaceSecretAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        var secret = WebhookSecrets.New();
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.WebhookEndpoints.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row) return null;
        var until = clock.GetUtcNow() + SignedRequests.SecretOverlap;
        (row.OldSecret, row.OldSecretUntil) = (row.Secret, until);
        row.Secret = secrets.Encrypt(tenant, id, secret);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        return new WebhookSecret(secret, until);
    }

    /// <summary>Adds a message to try an endpoint. Null if there is no such endpoint.</summary>
    public async Task<WebhookDelivery?> TestAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await db.WebhookEndpoints.AnyAsync(row => row.Id == id, ct)) return null;
        var row = new WebhookDeliveryRow
        {
            TenantId = tenant,
            Id = Guid.CreateVersion7(),
            EndpointId = id,
            Event = WebhookEvents.Test,
            Data = JsonSerializer.SerializeToElement(new { message = "This is a test message." }, JsonSerializerOptions.Web),
            CreatedAt = clock.GetUtcNow(),
        };
        db.WebhookDeliveries.Add(row);
        await db.SaveChangesAsync(ct);
        await db.CommitAsync(ct);
        signal.Raise();
        return ToContract(row);
    }

    /// <summary>Returns an endpoint's messages, newest first. Null if there is no such endpoint.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The endpoint.</param>
    /// <param name="after">The last message of the page before; null for the first page.</param>
    /// <param name="limit">Maximum number of messages.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<WebhookDeliveryPage?> DeliveriesAsync(TenantId tenant, Guid id, Guid? after, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await db.WebhookEndpoints.AnyAsync(row => row.Id == id, ct)) return null;
        var messages = db.WebhookDeliveries.AsNoTracking().Where(row => row.EndpointId == id);
        if (after is not null)
        {
            var position = await messages.Where(row => row.Id == after).Select(row => (long?)row.Position).SingleOrDefaultAsync(ct) ?? 0;
            messages = messages.Where(row => row.Position < position);
        }

        var rows = await messages.OrderByDescending(row => row.Position).Take(limit + 1).ToListAsync(ct);
        var page = rows.Take(limit).Select(ToContract).ToList();
        return new WebhookDeliveryPage(page, rows.Count > limit ? page[^1].Id.ToString() : null);
    }

    /// <summary>Sends a message again, with the same id. Returns false if the endpoint has no such message.</summary>
    public async Task<bool> ReplayAsync(TenantId tenant, Guid endpoint, Guid delivery, CancellationToken ct)
    {
        // The time of the event does not change. The message gets new attempts, for three days from now.
        await using var batch = database.Batch(tenant).Add(
            """
            update webhook_deliveries
            set delivered_at = null, failed_at = null, error = null, response_status = null, attempts = 0,
                due_at = clock_timestamp(), replayed_at = clock_timestamp()
            where tenant_id = $1 and endpoint_id = $2 and id = $3
            returning 1
            """,
            [tenant.Value, endpoint, delivery]);
        await using (var row = await batch.ReadAsync(ct))
            if (!await row.ReadAsync(ct)) return false;
        signal.Raise();
        return true;
    }

    private static Webhook ToContract(WebhookEndpointRow row) => new()
    {
        Id = row.Id,
        Url = row.Url,
        Events = row.Events,
        Description = row.Description,
        Enabled = row.Enabled,
        DisabledReason = row.DisabledReason,
        DeliveredAt = row.DeliveredAt,
        CreatedAt = row.CreatedAt,
    };

    private static WebhookDelivery ToContract(WebhookDeliveryRow row) => new()
    {
        Id = row.Id,
        Event = row.Event,
        State = row.DeliveredAt is not null ? "delivered" : row.FailedAt is not null ? "failed" : "pending",
        Attempts = row.Attempts,
        ResponseStatus = row.ResponseStatus,
        Error = row.Error,
        AttemptedAt = row.AttemptedAt,
        NextAttemptAt = row.DeliveredAt is null && row.FailedAt is null ? row.DueAt : null,
        CreatedAt = row.CreatedAt,
        Data = row.Data,
    };
}
