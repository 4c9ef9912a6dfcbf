using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Agents.Catalogues;

/// <summary>Reads catalogues again when they are due.</summary>
internal sealed partial class CatalogueWorker(
    NpgsqlDataSource dataSource,
    CatalogueImporter importer,
    TimeProvider clock,
    ILogger<CatalogueWorker> logger) : LeasedWorker<CatalogueLease>(Pace, clock)
{
    private static readonly WorkerPace Pace = new(Poll: TimeSpan.FromSeconds(15), MaxPause: TimeSpan.FromMinutes(1));

    // An import takes less time than its lease.
    protected override LeaseTimes? Lease => null;

    protected override async Task<CatalogueLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, id from claim_agent_catalogue($1, $2)",
            [slot.Id, CatalogueImporter.LeaseTime],
            row => new CatalogueLease(new TenantId(row.GetGuid(0)), row.GetGuid(1), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override async Task RunAsync(CatalogueLease lease, CancellationToken ct)
    {
        await importer.RunAsync(lease, ct);
        LogRead(lease.Tenant, lease.Catalogue);
    }

    protected override async Task OnCancelledAsync(CatalogueLease lease, bool isStopping)
    {
        if (isStopping) await importer.ReleaseAsync(lease, CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Catalogue {Catalogue} of tenant {Tenant} was read again")]
    private partial void LogRead(TenantId tenant, Guid catalogue);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; catalogues of agents are read when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading a catalogue of agents failed and is tried again")]
    protected override partial void LogFailure(Exception exception);
}
