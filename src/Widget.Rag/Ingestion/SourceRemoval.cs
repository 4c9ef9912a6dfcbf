using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Deletes a source and everything that came from it, as a job. Each slice has its own commit, so that large sources can be deleted and
/// searches and other writers do not wait long. The job is deleted with its source.
/// </summary>
internal static class SourceRemoval
{
    private const int Slice = 100;

    /// <param name="database">The database.</param>
    /// <param name="lease">The caller's lease on the job.</param>
    /// <param name="source">The source to delete.</param>
    /// <param name="isTimeUp">Whether the time slice is over.</param>
    /// <param name="ct">Cancelled when the lease is lost or the node stops.</param>
    /// <returns>Whether everything is deleted. Otherwise the next time slice continues.</returns>
    public static async Task<bool> RunAsync(
        TenantDatabase database,
        JobLease lease,
        SourceId source,
        Func<bool> isTimeUp,
        CancellationToken ct)
    {
        while (!await SliceAsync(database, lease, source, ct))
            if (isTimeUp()) return false;
        await IngestionFinalizer.FinalizeAsync(database, lease.Tenant, ct);
        return true;
    }

    private static async Task<bool> SliceAsync(TenantDatabase database, JobLease lease, SourceId source, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        // A worker that stores documents of this source either commits first, and they are deleted here, or finds the source gone.
        await using (var hold = db.Command("select from sources where id = $1 for update", [source.Value]))
            await hold.ExecuteNonQueryAsync(ct);
        var documents = await db.Documents
            .Where(row => row.SourceId == source)
            .OrderBy(row => row.Id)
            .Select(row => row.Id)
            .Take(Slice)
            .ToListAsync(ct);
        await KnowledgeWriter.DeleteAsync(db, [.. documents.Select(id => id.Value)], ct);
        await lease.ConfirmAsync(db, ct);
        var items = documents.Count > 0 ? 0 : await DeleteItemsAsync(db, source, ct);
        var done = documents.Count == 0 && items == 0;
        if (done) await db.Sources.Where(row => row.Id == source).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return done;
    }

    // These rows may contain whole files, so their size matters more than their number.
    private static async Task<int> DeleteItemsAsync(TenantDb db, SourceId source, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            delete from ingestion_items where ctid in (
              select item.ctid from ingestion_items item join ingestion_jobs job on job.tenant_id = item.tenant_id and job.id = item.job_id
              where job.source_id = $1 limit 1000)
            """,
            [source.Value]);
        return await command.ExecuteNonQueryAsync(ct);
    }
}
