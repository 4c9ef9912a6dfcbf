using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Rag.Own;

/// <summary>Tells whether a tenant's knowledge has changed.</summary>
public sealed class KnowledgeRevisions(NpgsqlDataSource dataSource)
{
    /// <summary>A number that is another after every change of the tenant's documents, ours and those mirrored; 0 while there are none. One round trip.</summary>
    public async Task<long> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        // A batch is one transaction, so the tenant that the first statement sets holds for the second and for nothing after it.
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('app.tenant_id', $1, true)") { Parameters = { new() { Value = tenant.Value.ToString() } } });
        // Both only ever grow, so their sum does.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "select coalesce((select revision from knowledge_statistics), 0) + coalesce((select revision from tavus_knowledge), 0)"));
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.NextResultAsync(ct);
        return await rows.ReadAsync(ct) ? rows.GetInt64(0) : 0;
    }
}
