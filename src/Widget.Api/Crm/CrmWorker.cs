using Npgsql;
using Widget.Api.Leads;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Crm;

/// <summary>A claimed lead.</summary>
internal sealed record CrmLease(TenantId Tenant, string Kind, Guid Lead, int Version, Guid Worker);

/// <summary>Sends new and changed leads to the systems that their tenants have connected, with growing pauses after failures.</summary>
internal sealed partial class CrmWorker(
    NpgsqlDataSource dataSource,
    CrmService crm,
    LeadService leads,
    IEnumerable<ICrmSystem> systems,
    CrmOptions options,
    WakeUpSignal<CrmWorker> signal,
    TimeProvider clock,
    ILogger<CrmWorker> logger) : LeasedWorker<CrmLease>(Pace, clock, signal)
{
    private static readonly TimeSpan RecordingTime = TimeSpan.FromSeconds(10);
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(2), MaxPause: TimeSpan.FromSeconds(30));
    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(15));

    protected override int Workers => 2;

    protected override LeaseTimes? Lease => Times;

    protected override async Task<CrmLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, kind, lead_id, version from claim_crm_record($1, $2)",
            [slot.Id, Times.Length],
            row => new CrmLease(new TenantId(row.GetGuid(0)), row.GetString(1), row.GetGuid(2), row.GetInt32(3), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override Task<bool> RenewAsync(CrmLease lease, CancellationToken ct) => crm.ExtendAsync(lease, Times.Length, ct);

    protected override async Task OnCancelledAsync(CrmLease lease, bool isStopping)
    {
        if (isStopping) await crm.ExtendAsync(lease, TimeSpan.Zero, CancellationToken.None);
    }

    protected override async Task RunAsync(CrmLease lease, CancellationToken ct)
    {
        var (account, record) = await crm.ReadAsync(lease, ct);
        var lead = record is null ? null : await leads.FindAsync(lease.Tenant, new LeadId(lease.Lead), ct);
        if (record is null || lead is null) return; // The lead or the connection was deleted.
        if (lead.Id != lease.Lead)
        {
            // It was merged into another lead, which is sent itself. What the system has of this one stays.
            await crm.SucceedAsync(lease, record.RemoteId, ct);
            return;
        }

        CrmException? failure = null;
        string? remoteId = null;
        try
        {
            if (account is null)
                throw new CrmException(CrmFault.Access, "The connection's keys can no longer be decrypted. Connect the system again.");
            remoteId = await systems.Single(system => system.Kind == account.Kind).SaveAsync(account, lead, record.RemoteId, ct);
        }
        catch (CrmException e)
        {
            failure = e;
        }

        // The lead may have arrived, so a node that stops now still records that.
        using var recording = new CancellationTokenSource(RecordingTime, TimeProvider.System);
        if (failure is null)
        {
            await crm.SucceedAsync(lease, remoteId, recording.Token);
            LogDelivered(lease.Tenant, lease.Lead, lease.Kind);
            return;
        }

        var pause = options.PauseAfter(record.Attempts);
        if (failure.RetryAfter > pause) pause = failure.RetryAfter.Value;
        if (pause > options.MaxPause) pause = options.MaxPause;
        var isFinal = failure.Fault == CrmFault.Refused || Clock.GetUtcNow() + pause > record.ChangedAt + options.MaxAge;
        await crm.FailAsync(lease, failure, pause, isFinal, recording.Token);
        LogFailed(lease.Tenant, lease.Lead, lease.Kind, record.Attempts, failure.Fault, isFinal);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Lead {Lead} of tenant {Tenant} was sent to {Kind}")]
    private partial void LogDelivered(TenantId tenant, Guid lead, string kind);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Lead {Lead} of tenant {Tenant} was not taken by {Kind} at attempt {Attempt}: {Fault}. Given up: {IsFinal}")]
    private partial void LogFailed(TenantId tenant, Guid lead, string kind, int attempt, CrmFault fault, bool isFinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; leads are sent to other systems when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending leads to other systems failed and is retried")]
    protected override partial void LogFailure(Exception exception);
}
