using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Reembedding;

/// <summary>A worker's lease on a tenant's <see cref="SemanticBacklog"/>.</summary>
public sealed record SemanticLease(TenantId Tenant, Guid Worker);

/// <summary>
/// Computes the vectors of the local sentence models that a tenant's passages lack. Each batch has its own commit, so that another worker
/// can continue after a failure. After <see cref="TimeSlice"/> the worker continues with the next tenant, so that a large tenant does not
/// delay the others.
/// </summary>
public sealed class SemanticBacklogRunner(TenantDatabase database, SentenceEmbedder embedder, TimeProvider clock)
{
    // A batch takes about a second of one core.
    private const int BatchSize = 16;

    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TimeSlice = TimeSpan.FromSeconds(20);

    /// <summary>Whether this node can run the models. A node that cannot leaves the work to others.</summary>
    public bool CanRun => embedder.IsAvailable;

    public async Task RunAsync(SemanticLease lease, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var after = Guid.Empty;
        while (await NextBatchAsync(lease, after, ct) is { Count: > 0 } batch)
        {
            // One text after another on the worker's thread, so that the other cores stay free for searches.
            var vectors = batch.ConvertAll(
                passage =>
                {
                    ct.ThrowIfCancellationRequested();
                    return HalfVectors.From(embedder.EmbedPassage(EmbeddedText(passage)));
                });
            after = batch[^1].Id;
            await using var db = await database.BeginAsync(lease.Tenant, ct);
            await MissingPassages.StoreAsync(db, SentenceEmbedder.Model, batch.Zip(vectors), ct);
            var isLast = clock.GetElapsedTime(start) >= TimeSlice;
            if (isLast) await InvalidateCachedSearchesAsync(db, ct);
            if (!await RenewAsync(db, lease, isLast, ct)) return;
            await db.CommitAsync(ct);
            if (isLast) return;
        }

        await CompleteAsync(lease, ct);
    }

    private static string EmbeddedText(MissingPassage passage) =>
        PreparedDocument.EmbeddedText(passage.Title, passage.Aliases, passage.Locator, passage.Text);

    private async Task<List<MissingPassage>> NextBatchAsync(SemanticLease lease, Guid after, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        return await MissingPassages.ReadAsync(db, SentenceEmbedder.Model, after, BatchSize, ct);
    }

    // Takes the writers' lock, so that no passage is added between the check and the deletion of the backlog.
    private async Task CompleteAsync(SemanticLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await KnowledgeWriter.LockStatisticsAsync(db, ct);
        if (!await RenewAsync(db, lease, release: true, ct)) return;
        var missing = await MissingPassages.ReadAsync(db, SentenceEmbedder.Model, Guid.Empty, 1, ct);
        if (missing.Count == 0) await db.SemanticBacklogs.ExecuteDeleteAsync(ct);
        await InvalidateCachedSearchesAsync(db, ct);
        await db.CommitAsync(ct);
    }

    // Cached search results were computed without the new vectors. They are not used after the revision has changed.
    private static async Task InvalidateCachedSearchesAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            "update knowledge_statistics set revision = revision + 1 where tenant_id = $1",
            [db.TenantId.Value]);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Returns false when another worker has the lease. A released backlog is claimed again, after those of other tenants.
    private static async Task<bool> RenewAsync(TenantDb db, SemanticLease lease, bool release, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update semantic_backlogs
            set lease_until = case when $3 then null else now() + $2 end, retry_at = now()
            where tenant_id = $4 and lease_owner = $1
            """,
            [lease.Worker, Lease, release, lease.Tenant.Value]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }
}
