using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;

namespace Widget.Rag.Reembedding;

/// <summary>A worker's lease on a tenant's <see cref="EmbeddingChange"/>.</summary>
public sealed record EmbeddingLease(TenantId Tenant, string Model, Guid Worker);

/// <summary>
/// Computes a tenant's missing vectors. Each batch has its own commit, so that another worker can continue after a failure. When no vector
/// is missing, the tenant switches to the model, and vectors of other models are deleted once no search can be using them.
/// </summary>
public sealed class EmbeddingChangeRunner(TenantDatabase database, EmbeddingModels models, TimeProvider clock)
{
    private const int BatchSize = 128;
    private const int DeleteBatchSize = 2_000;

    // A text that the endpoint refuses is cut to the first length, then to the second, in characters.
    private const int LongCut = 500;
    private const int ShortCut = 100;
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    // Searches on other nodes may use a cached model for a few seconds. The old vectors are kept for longer.
    private static readonly TimeSpan OldVectorRetention = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(5);

    public async Task RunAsync(EmbeddingLease lease, CancellationToken ct)
    {
        try
        {
            if (await FillAsync(lease, ct) && await SwitchAsync(lease, ct)) await DeleteOldVectorsAsync(lease, ct);
        }
        catch (EmbeddingUnavailableException e)
        {
            await PostponeAsync(lease, e.Message, ct);
        }
    }

    // Returns false when the lease is lost or the tenant has chosen another model.
    private async Task<bool> FillAsync(EmbeddingLease lease, CancellationToken ct)
    {
        var after = Guid.Empty;
        while (await MissingAsync(lease, after, ct) is { Count: > 0 } batch)
        {
            var vectors = await EmbedAsync(lease, batch.ConvertAll(EmbeddedText), ct);
            after = batch[^1].Id;
            await using var db = await database.BeginAsync(lease.Tenant, ct);
            await MissingPassages.StoreAsync(db, lease.Model, batch.Zip(vectors), ct);
            if (!await RenewAsync(db, lease, batch.Count, ct)) return false;
            await db.CommitAsync(ct);
        }

        return true;
    }

    // A text that the endpoint refuses must not block the others. The batch is halved until that text is alone, and the text is then
    // shortened, because endpoints mostly refuse texts that are too long for the model.
    private async Task<IReadOnlyList<HalfVector>> EmbedAsync(EmbeddingLease lease, List<string> texts, CancellationToken ct)
    {
        try
        {
            return await models.EmbedAsync(lease.Tenant, lease.Model, texts, ct);
        }
        catch (EmbeddingUnavailableException e) when (e.IsRefusal && (texts.Count > 1 || texts[0].Length > ShortCut))
        {
            if (texts.Count == 1)
                return await EmbedAsync(
                    lease,
                    [Truncation.Truncate(texts[0], texts[0].Length > LongCut ? LongCut : ShortCut)],
                    ct);
        }

        var half = texts.Count / 2;
        return [.. await EmbedAsync(lease, texts[..half], ct), .. await EmbedAsync(lease, texts[half..], ct)];
    }

    private async Task<List<MissingPassage>> MissingAsync(EmbeddingLease lease, Guid after, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        if (after == Guid.Empty)
        {
            await using var count = db.Command(
                """
                update embedding_changes set
                  total = (select chunk_count from knowledge_statistics),
                  done = (select count(*) from chunk_embeddings where tenant_id = $1 and model = $2)
                where lease_owner = $3
                """,
                [lease.Tenant.Value, lease.Model, lease.Worker]);
            await count.ExecuteNonQueryAsync(ct);
        }

        var missing = await MissingPassages.ReadAsync(db, lease.Model, after, BatchSize, ct);
        await db.CommitAsync(ct);
        return missing;
    }

    private static string EmbeddedText(MissingPassage passage) =>
        PreparedDocument.EmbeddedText(passage.Title, passage.Aliases, passage.Locator, passage.Text);

    // Takes the writers' lock, so that no passage is added between the check and the switch.
    private async Task<bool> SwitchAsync(EmbeddingLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await KnowledgeWriter.LockStatisticsAsync(db, models.Default, ct);
        if (!await RenewAsync(db, lease, 0, ct)) return false;
        await using (var missing = db.Command(
            """
            select exists (
              select from chunks chunk
              where chunk.tenant_id = $1
                and not exists (select from chunk_embeddings known
                  where known.tenant_id = $1 and known.model = $2 and known.chunk_id = chunk.id))
            """,
            [lease.Tenant.Value, lease.Model]))
        {
            if (await missing.ExecuteScalarAsync(ct) is true)
            {
                await RetryAsync(db, lease, TimeSpan.Zero, ct);
                return false;
            }
        }

        if (await ServingModels.ServingAsync(db, ct) != lease.Model)
        {
            await using var command = db.Command("update knowledge_statistics set model = $1, revision = revision + 1", [lease.Model]);
            await command.ExecuteNonQueryAsync(ct);
            await db.EmbeddingChanges.ExecuteUpdateAsync(set => set.SetProperty(row => row.SwitchedAt, clock.GetUtcNow()), ct);
            await RetryAsync(db, lease, OldVectorRetention, ct);
            return false;
        }

        // Searches on other nodes may still use the previous model. If vectors were only filled in, searches show them from now on.
        var switched = await db.EmbeddingChanges.Select(row => row.SwitchedAt).SingleAsync(ct);
        if (switched is null)
        {
            await using var command = db.Command("update knowledge_statistics set revision = revision + 1");
            await command.ExecuteNonQueryAsync(ct);
        }

        await db.CommitAsync(ct);
        return switched is null || clock.GetUtcNow() - switched >= OldVectorRetention - TimeSpan.FromSeconds(1);
    }

    private async Task DeleteOldVectorsAsync(EmbeddingLease lease, CancellationToken ct)
    {
        await models.ForgetReplacedAsync(lease.Tenant, lease.Model, ct);
        while (true)
        {
            await using var db = await database.BeginAsync(lease.Tenant, ct);
            if (!await RenewAsync(db, lease, 0, ct)) return;
            await using var delete = db.Command(
                """
                delete from chunk_embeddings
                where tenant_id = $1 and (model, chunk_id) in (
                  select model, chunk_id from chunk_embeddings where tenant_id = $1 and model <> all($2) limit $3)
                """,
                [lease.Tenant.Value, new[] { lease.Model, SentenceEmbedder.Model }, DeleteBatchSize]);
            var deleted = await delete.ExecuteNonQueryAsync(ct);
            if (deleted < DeleteBatchSize) await db.EmbeddingChanges.ExecuteDeleteAsync(ct);
            await db.CommitAsync(ct);
            if (deleted < DeleteBatchSize) return;
        }
    }

    // Counts the progress and renews the lease. Returns false when another worker has the lease or the tenant has chosen another model. A
    // lease that expired during a wait for the endpoint remains valid until another worker takes it.
    private static async Task<bool> RenewAsync(TenantDb db, EmbeddingLease lease, int done, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update embedding_changes
            set done = least(total, done + $3), lease_until = now() + $4, error = null, attempts = 0
            where lease_owner = $1 and model = $2
            """,
            [lease.Worker, lease.Model, done, Lease]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static async Task RetryAsync(TenantDb db, EmbeddingLease lease, TimeSpan after, CancellationToken ct)
    {
        await using var command = db.Command(
            "update embedding_changes set retry_at = now() + $2, lease_until = null where lease_owner = $1", [lease.Worker, after]);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    private async Task PostponeAsync(EmbeddingLease lease, string error, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await using var command = db.Command(
            """
            update embedding_changes
            set error = $2, attempts = attempts + 1, lease_until = null,
                retry_at = now() + least($3, interval '1 second' * power(2, least(attempts, 12)))
            where lease_owner = $1
            """,
            [lease.Worker, error, new NpgsqlParameter { Value = MaxRetryDelay, NpgsqlDbType = NpgsqlDbType.Interval }]);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }
}
