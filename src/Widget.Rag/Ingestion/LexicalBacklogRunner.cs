using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Ingestion;

/// <summary>A worker's lease on a tenant's <see cref="LexicalBacklog"/>.</summary>
public sealed record LexicalLease(TenantId Tenant, Guid Worker);

/// <summary>
/// Splits a tenant's stored passages into words again. Each batch has its own commit, in which a passage changes from its old words to its
/// new ones, so that it can always be found. After <see cref="TimeSlice"/> the worker continues with the next tenant.
/// </summary>
public sealed class LexicalBacklogRunner(TenantDatabase database, TimeProvider clock)
{
    private const int BatchSize = 200;

    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TimeSlice = TimeSpan.FromSeconds(20);

    public async Task RunAsync(LexicalLease lease, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var isLast = clock.GetElapsedTime(start) >= TimeSlice;
            switch (await RunBatchAsync(lease, isLast, ct))
            {
                case null: return;
                case 0:
                    // Only then is the backlog done: a worker that stops in between leaves it to another.
                    await IngestionFinalizer.FinalizeAsync(database, lease.Tenant, ct);
                    await CompleteAsync(lease, ct);
                    return;
                default:
                    if (isLast) return;
                    break;
            }
        }
    }

    // Returns the number of passages; null when another worker has the lease.
    private async Task<int?> RunBatchAsync(LexicalLease lease, bool isLast, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await KnowledgeWriter.LockStatisticsAsync(db, ct);
        if (await RenewAsync(db, lease, isLast, ct) is not { } after) return null;
        var passages = await NextAsync(db, after, ct);
        if (passages.Count > 0) await ReindexAsync(db, passages, ct);
        // Cached search results were computed with the old words. They are not used after the revision has changed.
        await using var command = db.Command(
            """
            with done as (
              update lexical_backlogs set after_chunk = $2 where tenant_id = $1
            )
            update knowledge_statistics set revision = revision + 1 where tenant_id = $1
            """,
            [db.TenantId.Value, passages.Count > 0 ? passages[^1].id : after]);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        return passages.Count;
    }

    // Returns the passage after which to continue. A released backlog is claimed again, after those of other tenants.
    private static async Task<Guid?> RenewAsync(TenantDb db, LexicalLease lease, bool release, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            update lexical_backlogs
            set lease_until = case when $3 then null else now() + $2 end, retry_at = now()
            where tenant_id = $4 and lease_owner = $1
            returning after_chunk
            """,
            [lease.Worker, Lease, release, lease.Tenant.Value]);
        return await command.ExecuteScalarAsync(ct) as Guid?;
    }

    private static async Task<List<WordsOfPassage>> NextAsync(TenantDb db, Guid after, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select chunk.id, document.title,
                   coalesce(answer.alternatives, case when demo.id is not null then array[demo.show_when] end, '{}'),
                   chunk.locator, chunk.text, document.language
            from chunks chunk
            join documents document on document.tenant_id = $1 and document.id = chunk.document_id
            left join answers answer
              on document.kind = 'answer' and answer.tenant_id = $1
                and answer.source_id = document.source_id and answer.id::text = document.external_id
            left join demos demo
              on document.kind = 'demo' and demo.tenant_id = $1
                and demo.source_id = document.source_id and demo.id::text = document.external_id
            where chunk.tenant_id = $1 and chunk.id > $2
            order by chunk.id
            limit $3
            """,
            [db.TenantId.Value, after, BatchSize]);
        var passages = new List<WordsOfPassage>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var heading = PreparedDocument.Heading(
                rows.GetString(1),
                JsonSerializer.Deserialize<Locator>(rows.GetString(3), KnowledgeJson.Options)!,
                rows.GetFieldValue<string[]>(2));
            var text = rows.GetString(4);
            passages.Add(
                new WordsOfPassage(
                    rows.GetGuid(0),
                    LexicalText.Prepare(heading),
                    LexicalText.OtherSpellings(heading),
                    LexicalText.Prepare(text),
                    LexicalText.OtherSpellings(text),
                    rows.GetString(5)));
        }

        return passages;
    }

    // The texts of demos still include when to show them, which visitors must not see. They are read again.
    private async Task CompleteAsync(LexicalLease lease, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await KnowledgeWriter.LockStatisticsAsync(db, ct);
        if (await RenewAsync(db, lease, release: false, ct) is null) return;
        foreach (var demo in await db.Demos.AsNoTracking().ToListAsync(ct)) await JobCreation.AddTypedAsync(db, demo.SourceId, demo, ct);
        await db.LexicalBacklogs.ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
    }

    private static async Task ReindexAsync(TenantDb db, List<WordsOfPassage> passages, CancellationToken ct)
    {
        var ids = passages.ConvertAll(passage => passage.id).ToArray();
        await LexicalIndex.RemoveAsync(db, ids, ct);
        await using (var old = db.Command("delete from chunk_terms where tenant_id = $1 and chunk_id = any($2)", [db.TenantId.Value, ids]))
            await old.ExecuteNonQueryAsync(ct);
        await using var command = db.Command(
            $"""
            with {PassageAnalysis.Expressions}, updated as (
              update chunks
              set lexemes = analysed.lexemes, length = analysed.length
              from analysed
              where chunks.tenant_id = $1 and chunks.id = analysed.id
            )
            select id, terms, dimensions, frequencies from analysed
            """,
            [
                db.TenantId.Value,
                new NpgsqlParameter { Value = JsonSerializer.Serialize(passages), NpgsqlDbType = NpgsqlDbType.Jsonb },
            ]);
        await LexicalIndex.AddAsync(db, await PassageAnalysis.ReadAsync(command, ct), ct);
    }

    // The names are those of the SQL.
    private sealed record WordsOfPassage(Guid id, string heading, string other_heading, string words, string other_words, string language);
}
