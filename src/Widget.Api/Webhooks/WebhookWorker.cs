using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Webhooks;

/// <summary>A claimed message.</summary>
internal sealed record WebhookLease(TenantId Tenant, Guid Delivery, Guid Worker);

/// <summary>
/// Posts the messages of the outbox to their endpoints. A failed message is tried again for three days, with growing pauses. It may arrive
/// twice if a node dies between sending it and recording that; both then have the same id. Messages about the same
/// conversation, lead, meeting or source arrive in order.
/// </summary>
internal sealed partial class WebhookWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    WebhookSender sender,
    WebhookSecrets secrets,
    WebhookOptions options,
    WakeUpSignal<WebhookWorker> signal,
    TimeProvider clock,
    ILogger<WebhookWorker> logger) : LeasedWorker<WebhookLease>(Pace, clock, signal)
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RecordingTime = TimeSpan.FromSeconds(10);
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(2), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(15));

    private DateTimeOffset _cleanedAt;

    // One slow endpoint must not hold up the others.
    protected override int Workers => 4;

    protected override LeaseTimes? Lease => Times;

    protected override async Task<WebhookLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, id from claim_webhook($1, $2)",
            [slot.Id, Times.Length],
            row => new WebhookLease(new TenantId(row.GetGuid(0)), row.GetGuid(1), slot.Id),
            ct);
        if (claimed.Count == 0 && Clock.GetUtcNow() - _cleanedAt > CleaningInterval) await DeleteOldAsync(ct);
        return claimed.SingleOrDefault();
    }

    protected override Task<bool> RenewAsync(WebhookLease lease, CancellationToken ct) => ExtendAsync(lease, Times.Length, ct);

    protected override async Task OnCancelledAsync(WebhookLease lease, bool isStopping)
    {
        if (isStopping) await ExtendAsync(lease, TimeSpan.Zero, CancellationToken.None);
    }

    protected override async Task RunAsync(WebhookLease lease, CancellationToken ct)
    {
        WebhookDeliveryRow? delivery;
        WebhookEndpointRow? endpoint;
        await using (var db = await database.BeginAsync(lease.Tenant, ct))
        {
            delivery = await db.WebhookDeliveries.AsNoTracking().SingleOrDefaultAsync(row => row.Id == lease.Delivery, ct);
            endpoint = delivery is null
                ? null
                : await db.WebhookEndpoints.AsNoTracking().SingleOrDefaultAsync(row => row.Id == delivery.EndpointId, ct);
        }

        if (delivery is null || endpoint is null) return; // It was deleted with its tenant, endpoint or conversation.
        var attempt = SecretsOf(endpoint) is { Count: > 0 } signing
            ? await sender.SendAsync(
                new Uri(endpoint.Url),
                signing,
                new WebhookMessage(delivery.Id, delivery.Event, delivery.CreatedAt, delivery.Data),
                ct)
            : new WebhookAttempt(Status: null, "The endpoint's secret can no longer be decrypted. Create a new secret.");
        // The message may have arrived, so a node that stops now still records that.
        using var recording = new CancellationTokenSource(RecordingTime, TimeProvider.System);
        if (attempt.Succeeded) await SucceedAsync(lease, endpoint.Id, attempt, recording.Token);
        else await FailAsync(lease, delivery, attempt, recording.Token);
    }

    private IReadOnlyList<string> SecretsOf(WebhookEndpointRow endpoint)
    {
        string?[] encrypted = [endpoint.Secret, endpoint.OldSecretUntil > Clock.GetUtcNow() ? endpoint.OldSecret : null];
        return
        [
            .. encrypted.OfType<string>()
                .Select(secret => secrets.Decrypt(endpoint.TenantId, endpoint.Id, secret))
                .OfType<string>(),
        ];
    }

    private async Task SucceedAsync(WebhookLease lease, Guid endpoint, WebhookAttempt attempt, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant)
            .Add(
                """
                update webhook_deliveries
                set delivered_at = clock_timestamp(), attempted_at = clock_timestamp(), response_status = $3, error = null,
                    lease_owner = null, lease_until = null
                where id = $1 and lease_owner = $2
                """,
                [lease.Delivery, lease.Worker, attempt.Status!.Value])
            .Add("update webhook_endpoints set delivered_at = clock_timestamp() where id = $1", [endpoint]);
        await batch.RunAsync(ct);
        // A later message about the same conversation may have waited for this one.
        signal.Raise();
        LogDelivered(lease.Tenant, lease.Delivery);
    }

    private async Task FailAsync(WebhookLease lease, WebhookDeliveryRow delivery, WebhookAttempt attempt, CancellationToken ct)
    {
        var pause = options.PauseAfter(delivery.Attempts);
        var isFinal = attempt.IsGone || Clock.GetUtcNow() + pause > (delivery.ReplayedAt ?? delivery.CreatedAt) + options.MaxAge;
        var batch = database.Batch(lease.Tenant).Add(
            """
            update webhook_deliveries
            set attempted_at = clock_timestamp(), response_status = $3, error = $4, due_at = clock_timestamp() + $5,
                failed_at = case when $6 then clock_timestamp() end, lease_owner = null, lease_until = null
            where id = $1 and lease_owner = $2
            """,
            [lease.Delivery, lease.Worker, Nullable(attempt.Status), attempt.Error!, pause, isFinal]);
        if (isFinal)
        {
            // No message has arrived since this one was written, so the endpoint is disabled until somebody looks at it.
            batch.Add(
                """
                update webhook_endpoints set enabled = false, disabled_reason = $3
                where id = $1 and enabled and ($4 or delivered_at is null or delivered_at < $2)
                """,
                [
                    delivery.EndpointId,
                    delivery.CreatedAt,
                    attempt.IsGone
                        ? "The endpoint answered with status 410 (gone)."
                        : $"No message arrived for {options.MaxAge.TotalDays:0} days. Last error: {attempt.Error}",
                    attempt.IsGone,
                ]);
        }

        await using (batch) await batch.RunAsync(ct);
        LogFailed(lease.Tenant, lease.Delivery, delivery.Attempts, attempt.Error!, isFinal);
    }

    private async Task<bool> ExtendAsync(WebhookLease lease, TimeSpan time, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            "update webhook_deliveries set lease_until = clock_timestamp() + $3 where id = $1 and lease_owner = $2 returning 1",
            [lease.Delivery, lease.Worker, time]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    private async Task DeleteOldAsync(CancellationToken ct)
    {
        _cleanedAt = Clock.GetUtcNow();
        await using var command = dataSource.CreateCommand("select delete_old_webhooks()");
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter Nullable(int? value) =>
        new() { Value = value is { } number ? number : DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer };

    [LoggerMessage(Level = LogLevel.Debug, Message = "Webhook message {Delivery} of tenant {Tenant} was delivered")]
    private partial void LogDelivered(TenantId tenant, Guid delivery);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Webhook message {Delivery} of tenant {Tenant} was not delivered at attempt {Attempt}: {Error} Given up: {IsFinal}")]
    private partial void LogFailed(TenantId tenant, Guid delivery, int attempt, string error, bool isFinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; webhooks are sent when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending webhooks failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
