using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Tavus.Mirror;

namespace Widget.Api.Tavus.Knowledge;

/// <summary>Starts the sync of a tenant's knowledge with Tavus.</summary>
public sealed class TavusKnowledgeTrigger(MirrorLeases leases, WakeUpSignal<TavusKnowledgeWorker> signal)
{
    /// <summary>Starts it now. It also retries the documents that failed before.</summary>
    public async Task SyncNowAsync(TenantId tenant, CancellationToken ct)
    {
        await leases.RequestSyncAsync(tenant, ct);
        signal.Raise();
    }

    /// <summary>Starts it soon, unless it runs. Frequent calls are cheap.</summary>
    public async Task SyncSoonAsync(TenantId tenant, CancellationToken ct)
    {
        await leases.SyncSoonAsync(tenant, ct);
        signal.Raise();
    }
}
