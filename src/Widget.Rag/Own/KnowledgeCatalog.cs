using Microsoft.EntityFrameworkCore;
using Widget.Rag.Ingestion;
using Widget.Rag.Storage;

namespace Widget.Rag.Own;

/// <summary>The documents a tenant has.</summary>
public sealed class KnowledgeCatalog(KnowledgeDatabase database)
{
    /// <summary>A page of the tenant's documents, by title, and how many there are in all.</summary>
    public async Task<(IReadOnlyList<Document> Documents, int Total)> ListAsync(TenantId tenant, int offset, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var total = await db.Documents.CountAsync(ct);
        var page = await db.Documents.AsNoTracking().OrderBy(row => row.Title).ThenBy(row => row.Id).Skip(offset).Take(limit).ToListAsync(ct);
        return (page, total);
    }

    /// <summary>Deletes a document and everything made from it; false when the tenant has none with this id.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, DocumentId id, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            if (!await db.Documents.AnyAsync(row => row.Id == id, ct)) return false;
            await KnowledgeWriter.DeleteAsync(db, [id.Value], ct);
            await db.CommitAsync(ct);
        }

        await KnowledgeSettler.SettleAsync(database, tenant, ct);
        return true;
    }
}
