using System.Globalization;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Ranking;

namespace Widget.Rag.Own;

/// <summary>A large tenant after a run of <c>widget index</c>.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Passages">Number of its passages.</param>
/// <param name="Model">The embedding model of the vectors.</param>
/// <param name="Built">Whether an index was missing. It stays missing if the tenant has no vectors of the model yet.</param>
/// <param name="Seconds">Time needed to build them.</param>
public sealed record IndexedTenant(Guid Tenant, int Passages, string Model, bool Built, double Seconds);

/// <summary>
/// Approximate indexes (HNSW; Malkov &amp; Yashunin 2018) for tenants that are too large to be scanned. Each such tenant has its own
/// partial index, so that a search only visits the tenant's own passages and small tenants pay nothing for large ones. Only the role that
/// owns the tables can create them, so the operator runs <c>widget index</c>.
/// </summary>
/// <param name="owner">Connects as the role that owns the tables.</param>
/// <param name="clock">The system clock when null.</param>
public sealed class VectorIndexes(NpgsqlDataSource owner, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>
    /// Number of passages from which a tenant needs indexes, because a scan becomes noticeably slow
    /// (docs/decisions/0004-search-storage.md).
    /// </summary>
    public const int MinPassages = 20_000;

    // Number of candidates that an index search keeps (ef_search). More of them improve recall and take longer. Searches need at least 100.
    private const int SearchListSize = 400;

    /// <summary>Builds missing indexes and drops unneeded ones, without blocking writers and searches.</summary>
    public async Task<IReadOnlyList<IndexedTenant>> BuildAsync(int minPassages, CancellationToken ct)
    {
        var large = new List<(Guid Tenant, int Passages, string Model, bool Indexed, bool SemanticIndexed, bool HasBacklog)>();
        await using (var transaction = await CrossTenantTransaction.BeginAsync(owner, ct))
        {
            await using var command = transaction.Command(
                """
                select tenant_id, chunk_count, model, indexed_model is not distinct from model,
                       semantic_indexed_model is not distinct from $2,
                       exists (select from semantic_backlogs backlog where backlog.tenant_id = statistics.tenant_id)
                from knowledge_statistics statistics where chunk_count >= $1 order by chunk_count desc
                """,
                [minPassages, SentenceEmbedder.Model]);
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                large.Add((
                    rows.GetGuid(0),
                    rows.GetInt32(1),
                    rows.GetString(2),
                    rows.GetBoolean(3),
                    rows.GetBoolean(4),
                    rows.GetBoolean(5)));
            }
        }

        await DropAsync(
            [.. large.Where(tenant => tenant.Indexed).Select(tenant => tenant.Tenant)],
            [.. large.Where(tenant => tenant.SemanticIndexed).Select(tenant => tenant.Tenant)],
            ct);
        var indexed = new List<IndexedTenant>();
        foreach (var (tenant, passages, model, isIndexed, isSemanticIndexed, hasBacklog) in large)
        {
            var needsSemanticIndex = !isSemanticIndexed && !hasBacklog;
            var start = _clock.GetTimestamp();
            if (!isIndexed) await BuildAsync(tenant, model, ct);
            if (needsSemanticIndex) await BuildSemanticAsync(tenant, ct);
            var seconds = _clock.GetElapsedTime(start).TotalSeconds;
            indexed.Add(new IndexedTenant(tenant, passages, model, !isIndexed || needsSemanticIndex, seconds));
        }

        return indexed;
    }

    /// <summary>Drops the indexes of a tenant that is being deleted.</summary>
    public async Task DropAsync(TenantId tenant, CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        foreach (var arm in new[] { "dense", "lexical", "semantic" })
            await RunAsync(connection, $"drop index concurrently if exists {Name(tenant.Value, arm)}", ct);
    }

    /// <summary>
    /// The lexical arm over its index. The tenant and the model are literals, because PostgreSQL uses a partial index only if the statement
    /// itself implies the index condition.
    /// </summary>
    internal static string Lexical(TenantId tenant) =>
        $"select chunk_id from chunk_terms where tenant_id = '{tenant.Value}' order by {Terms} <#> "
            + $"$2::sparsevec({SparseVectors.MaxDimensions}) limit $3";

    /// <summary>The arm of an embedding model over its index. The question's vector has the number <paramref name="parameter"/>.</summary>
    internal static string Dense(TenantId tenant, string model, int dimensions, int parameter) =>
        $"select chunk_id from chunk_embeddings where tenant_id = '{tenant.Value}' and model = {Quote(model)} order by "
            + $"{Embedding(dimensions)} <#> ${parameter}::halfvec({dimensions}) limit $3";

    /// <summary>Makes index searches in this transaction consider enough candidates.</summary>
    internal static async Task SetSearchListSizeAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            "select set_config('hnsw.ef_search', $1, true)",
            [SearchListSize.ToString(CultureInfo.InvariantCulture)]);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static readonly string Terms = $"(weights::sparsevec({SparseVectors.MaxDimensions}))";

    private static string Embedding(int dimensions) => $"(embedding::halfvec({dimensions}))";

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Name(Guid tenant, string arm) => $"hnsw_{tenant:N}_{arm}";

    private async Task BuildAsync(Guid tenant, string model, CancellationToken ct)
    {
        // Without any vector of the model, there is nothing to index yet.
        if (await ReadDimensionsAsync(tenant, model, ct) is not { } dimensions) return;
        await using var connection = await OpenForBuildingAsync(ct);
        await BuildEmbeddingsAsync(connection, tenant, "dense", model, dimensions, ct);
        await RunAsync(connection, $"drop index concurrently if exists {Name(tenant, "lexical")}", ct);
        await RunAsync(
            connection,
            $"create index concurrently {Name(tenant, "lexical")} on chunk_terms using hnsw ({Terms} sparsevec_ip_ops) with "
                + $"(ef_construction = 128) where tenant_id = '{tenant}'",
            ct);
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        await using var update = transaction.Command(
            "update knowledge_statistics set indexed_model = $2 where tenant_id = $1 and model = $2",
            [tenant, model]);
        await update.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<int?> ReadDimensionsAsync(Guid tenant, string model, CancellationToken ct)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        await using var command = transaction.Command(
            "select vector_dims(embedding) from chunk_embeddings where tenant_id = $1 and model = $2 limit 1",
            [tenant, model]);
        return await command.ExecuteScalarAsync(ct) as int?;
    }

    private async Task BuildSemanticAsync(Guid tenant, CancellationToken ct)
    {
        await using var connection = await OpenForBuildingAsync(ct);
        await BuildEmbeddingsAsync(connection, tenant, "semantic", SentenceEmbedder.Model, SentenceEmbedder.Dimensions, ct);
        await using var transaction = await CrossTenantTransaction.BeginAsync(owner, ct);
        await using var update = transaction.Command(
            "update knowledge_statistics set semantic_indexed_model = $2 where tenant_id = $1",
            [tenant, SentenceEmbedder.Model]);
        await update.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<NpgsqlConnection> OpenForBuildingAsync(CancellationToken ct)
    {
        var connection = await owner.OpenConnectionAsync(ct);
        await RunAsync(connection, "set statement_timeout = 0", ct);
        await RunAsync(connection, "set maintenance_work_mem = '1GB'", ct);
        return connection;
    }

    private static async Task BuildEmbeddingsAsync(
        NpgsqlConnection connection,
        Guid tenant,
        string arm,
        string model,
        int dimensions,
        CancellationToken ct)
    {
        await RunAsync(connection, $"drop index concurrently if exists {Name(tenant, arm)}", ct);
        await RunAsync(
            connection,
            $"create index concurrently {Name(tenant, arm)} on chunk_embeddings using hnsw ({Embedding(dimensions)} "
                + $"halfvec_ip_ops) with (ef_construction = 128) where tenant_id = '{tenant}' and model = {Quote(model)}",
            ct);
    }

    /// <summary>Drops the indexes of tenants that were deleted, have become small, or have changed their model.</summary>
    /// <param name="keep">The tenants whose dense and lexical indexes are kept.</param>
    /// <param name="keepSemantic">
    /// The tenants whose semantic index is kept. It does not depend on the embedding model that serves a tenant.
    /// </param>
    /// <param name="ct">Cancels the operation.</param>
    private async Task DropAsync(Guid[] keep, Guid[] keepSemantic, CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        var names = new List<string>();
        await using (var command = new NpgsqlCommand(
            """
            select indexname from pg_indexes
            where schemaname = current_schema() and indexname ~ '^hnsw_[0-9a-f]{32}_(dense|lexical|semantic)$'
              and not substring(indexname from 6 for 32)::uuid = any(case when indexname ~ '_semantic$' then $2 else $1 end)
            """,
            connection))
        {
            command.Parameters.Add(new() { Value = keep });
            command.Parameters.Add(new() { Value = keepSemantic });
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) names.Add(rows.GetString(0));
        }

        await using (var transaction = await CrossTenantTransaction.BeginAsync(owner, ct))
        {
            await using var command = transaction.Command(
                """
                update knowledge_statistics
                set indexed_model = case when tenant_id = any($1) then indexed_model end,
                    semantic_indexed_model = case when tenant_id = any($2) then semantic_indexed_model end
                where (indexed_model is not null and not tenant_id = any($1))
                  or (semantic_indexed_model is not null and not tenant_id = any($2))
                """,
                [keep, keepSemantic]);
            await command.ExecuteNonQueryAsync(ct);
            await transaction.CommitAsync(ct);
        }

        foreach (var name in names) await RunAsync(connection, $"drop index concurrently if exists {name}", ct);
    }

#pragma warning disable CA2100 // The statements contain only tenants' ids and a quoted model name.
    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct);
    }
#pragma warning restore CA2100
}
