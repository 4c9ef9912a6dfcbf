using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Ranking;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Updates a tenant's search data after a job has changed its documents: BM25's weights, the list of languages and the lexicon. It works in
/// slices with a commit each, so that it copes with tenants of any size and no other writer waits long.
/// </summary>
internal static class IngestionFinalizer
{
    private const int Slice = 500;

    // If the average length used for a weight is this close to the true one, scores are the same to three digits.
    private const double Tolerance = 0.001;

    public static async Task FinalizeAsync(TenantDatabase database, TenantId tenant, CancellationToken ct)
    {
        if (await TargetAsync(database, tenant, ct) is not { } target) return;
        while (await ReweighAsync(database, tenant, target, ct)) ct.ThrowIfCancellationRequested();

        // If another job has changed the target meanwhile, that job updates the weights.
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command("update knowledge_statistics set settled_length = $1 where weighed_length = $1", [target]);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    // The average length that all weights must be computed with; null when they already are.
    private static async Task<float?> TargetAsync(TenantDatabase database, TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await KnowledgeWriter.LockStatisticsAsync(db, ct);
        await using (var tidy = db.Command(
            """
            with unused as (
              delete from lexicon where chunk_count <= 0
            )
            update knowledge_statistics
            set languages = (select coalesce(array_agg(distinct language order by language), '{}') from documents)
            """))
        {
            await tidy.ExecuteNonQueryAsync(ct);
        }

        await using var command = db.Command(
            """
            update knowledge_statistics
            set weighed_length = case
                  when chunk_count > 0 and abs(total_length::real / chunk_count / weighed_length - 1) > $1
                    then total_length::real / chunk_count
                  else weighed_length end
            returning case when weighed_length <> settled_length then weighed_length end
            """,
            [Tolerance]);
        var target = await command.ExecuteScalarAsync(ct) as float?;
        await db.CommitAsync(ct);
        return target;
    }

    // Updates some weights. Returns false when none is left.
    private static async Task<bool> ReweighAsync(TenantDatabase database, TenantId tenant, float target, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await KnowledgeWriter.LockStatisticsAsync(db, ct);
        // If another job has changed the target meanwhile, that job continues. Two jobs would undo each other's work.
        if (!await db.Statistics.AnyAsync(row => row.WeighedLength == target, ct)) return false;
        var passages = new List<(Guid Id, SparseVector Weights, float AverageLength, int Length)>();
        await using (var command = db.Command(
            """
            select term.chunk_id, term.weights, term.average_length, chunk.length
            from chunk_terms term join chunks chunk on chunk.tenant_id = $1 and chunk.id = term.chunk_id
            where term.tenant_id = $1 and abs(term.average_length / $2 - 1) > $3
            limit $4
            """,
            [tenant.Value, target, Tolerance, Slice]))
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                passages.Add((rows.GetGuid(0), rows.GetFieldValue<SparseVector>(1), rows.GetFloat(2), rows.GetInt32(3)));
        }

        if (passages.Count == 0) return false;
        await using var batch = db.Batch();
        foreach (var (id, weights, averageLength, length) in passages)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                update chunk_terms
                set weights = $3, average_length = $4
                where tenant_id = $1 and chunk_id = $2
                """)
            {
                Parameters =
                {
                    new() { Value = tenant.Value },
                    new() { Value = id },
                    new()
                    {
                        Value = weights.Map(weight => (float)Bm25.Weight(Bm25.Frequency(weight, length, averageLength), length, target)),
                    },
                    new() { Value = target },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        return true;
    }
}
