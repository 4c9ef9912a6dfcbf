using Npgsql;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Catalog;

/// <summary>Tells whether a tenant's knowledge has changed.</summary>
public sealed class KnowledgeRevisions(NpgsqlDataSource dataSource)
{
    /// <summary>A number that is another after every change of the tenant's documents, ours and those mirrored; 0 while there are none. One round trip.</summary>
    public async Task<long> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        // Both only ever grow, so their sum does.
        await using var batch = new TenantBatch(dataSource, tenant).Add(
            "select coalesce((select revision from knowledge_statistics), 0) + coalesce((select revision from tavus_knowledge), 0)");
        await using var rows = await batch.ReadAsync(ct);
        return await rows.ReadAsync(ct) ? rows.GetInt64(0) : 0;
    }
}
