using NpgsqlTypes;
using Widget.Rag.Own;
using Widget.Rag.Storage;

namespace Widget.Rag.Ingestion;

/// <summary>
/// Brings a tenant's search data in line with its documents once a job has changed them: BM25's weights with the average length, the
/// list of languages, the lexicon. In slices with a commit each, so that no tenant is too large for it and no other writer waits long.
/// </summary>
internal static class KnowledgeSettler
{
    private const int Slice = 500;

    // Weights made with an average this near to the true one score the same to three digits.
    private const double Drift = 0.001;

    public static async Task SettleAsync(KnowledgeDatabase database, TenantId tenant, CancellationToken ct)
    {
        if (await TargetAsync(database, tenant, ct) is not { } target) return;
        Guid? last = null;
        do last = await WeighAsync(database, tenant, target, last, ct);
        while (last is not null);

        // Unless another job has moved the target meanwhile; it will then walk, too.
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command("update knowledge_statistics set settled_length = $1 where weighed_length = $1", [target]);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    // The average length that all weights are to be made with; null when they are.
    private static async Task<float?> TargetAsync(KnowledgeDatabase database, TenantId tenant, CancellationToken ct)
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
                  when chunk_count > 0 and abs(total_length::real / chunk_count / weighed_length - 1) > $1 then total_length::real / chunk_count
                  else weighed_length end
            returning case when weighed_length <> settled_length then weighed_length end
            """,
            [Drift]);
        var target = await command.ExecuteScalarAsync(ct) as float?;
        await db.CommitAsync(ct);
        return target;
    }

    // The last chunk of the slice; null after the last slice.
    private static async Task<Guid?> WeighAsync(KnowledgeDatabase database, TenantId tenant, float target, Guid? after, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await KnowledgeWriter.LockStatisticsAsync(db, ct);
        await using var command = db.Command(
            """
            with slice as materialized (
              select chunk_id from chunk_terms where tenant_id = $1 and ($2::uuid is null or chunk_id > $2) order by chunk_id limit $3
            ), weighed as (
              update chunk_terms term
              set weights = lexical_weights(chunk.lexemes, chunk.length, $4)
              from slice join chunks chunk on chunk.tenant_id = $1 and chunk.id = slice.chunk_id
              where term.tenant_id = $1 and term.chunk_id = slice.chunk_id
            )
            select max(chunk_id::text)::uuid from slice
            """,
            [
                tenant.Value,
                new Npgsql.NpgsqlParameter { Value = (object?)after ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                Slice,
                target,
            ]);
        var last = await command.ExecuteScalarAsync(ct) as Guid?;
        await db.CommitAsync(ct);
        return last;
    }
}
