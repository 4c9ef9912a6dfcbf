using Npgsql;
using Widget.Platform.Tenancy;

namespace Widget.Rag.Catalog;

/// <summary>Detects changes of a tenant's knowledge.</summary>
public sealed class KnowledgeRevisions(NpgsqlDataSource dataSource)
{
    /// <summary>
    /// Returns a number that grows with every change of the tenant's documents, including mirrored ones; 0 while there are none. Takes one
    /// round trip.
    /// </summary>
    public async Task<long> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        // Both revisions only grow, so their sum changes whenever one of them does.
        await using var batch = new TenantBatch(dataSource, tenant).Add(
            "select coalesce((select revision from knowledge_statistics), 0) + coalesce((select revision from tavus_knowledge), 0)");
        await using var rows = await batch.ReadAsync(ct);
        return await rows.ReadAsync(ct) ? rows.GetInt64(0) : 0;
    }
}
