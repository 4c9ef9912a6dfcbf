using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Rag.Own;

/// <summary>Opens transactions on the knowledge tables, each for one tenant.</summary>
public sealed class KnowledgeDatabase(NpgsqlDataSource dataSource)
    : TenantDatabase<KnowledgeDb>(dataSource, (options, tenant) => new KnowledgeDb(options, tenant));
