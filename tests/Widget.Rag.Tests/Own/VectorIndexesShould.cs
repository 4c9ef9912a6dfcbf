using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Own;
using Widget.Testing;

namespace Widget.Rag.Tests.Own;

public sealed class VectorIndexesShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Knowledge _knowledge = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private VectorIndexes Indexes => new(_database.OwnerSource);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _knowledge = new Knowledge(_database, sentences: SentenceModels.Shared);
        _tenant = await _database.AddTenantAsync();
        await _knowledge.ImportAsync(
            _tenant,
            ("parking", "Parking", "Twelve spaces behind the building are free of charge."),
            ("team", "Our team", "Everybody here has worked with dogs for ten years."));
    }

    public async ValueTask DisposeAsync()
    {
        _knowledge.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Build_the_semantic_index_once_its_vectors_are_complete()
    {
        await Indexes.BuildAsync(minPassages: 2, Ct);
        (await ArmsAsync()).ShouldBe(["dense", "lexical"]);

        await _knowledge.FillSemanticBacklogAsync(_tenant, Ct);
        var built = await Indexes.BuildAsync(minPassages: 2, Ct);
        var again = await Indexes.BuildAsync(minPassages: 2, Ct);

        (await ArmsAsync()).ShouldBe(["dense", "lexical", "semantic"]);
        (built.Single().Built, again.Single().Built).ShouldBe((true, false));
    }

    [Fact]
    public async Task Keep_the_semantic_index_of_a_tenant_that_has_changed_its_model()
    {
        await _knowledge.FillSemanticBacklogAsync(_tenant, Ct);
        await Indexes.BuildAsync(minPassages: 2, Ct);
        await ExecuteAsync(
            """
            insert into chunk_embeddings (tenant_id, model, chunk_id, embedding)
            select tenant_id, 'another', chunk_id, embedding from chunk_embeddings known
            where model = (select model from knowledge_statistics statistics where statistics.tenant_id = known.tenant_id)
            """);
        await ExecuteAsync("update knowledge_statistics set model = 'another'");

        await Indexes.BuildAsync(minPassages: 2, Ct);

        (await ArmsAsync()).ShouldBe(["dense", "lexical", "semantic"]);
        (await IndexedModelsAsync()).ShouldBe(("another", SentenceEmbedder.Model));
    }

    [Fact]
    public async Task Drop_the_indexes_of_a_tenant_that_has_become_small()
    {
        await _knowledge.FillSemanticBacklogAsync(_tenant, Ct);
        await Indexes.BuildAsync(minPassages: 2, Ct);

        (await Indexes.BuildAsync(minPassages: 3, Ct)).ShouldBeEmpty();

        (await ArmsAsync()).ShouldBeEmpty();
        (await IndexedModelsAsync()).ShouldBe((null, null));
    }

    private async Task<List<string>> ArmsAsync()
    {
        await using var command = _database.OwnerSource.CreateCommand(
            "select split_part(indexname, '_', 3) from pg_indexes where starts_with(indexname, 'hnsw_') order by 1");
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var arms = new List<string>();
        while (await rows.ReadAsync(Ct)) arms.Add(rows.GetString(0));
        return arms;
    }

    private async Task<(string? Dense, string? Semantic)> IndexedModelsAsync()
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(_database.OwnerSource, Ct);
        await using var command = transaction.Command("select indexed_model, semantic_indexed_model from knowledge_statistics");
        await using var row = await command.ExecuteReaderAsync(Ct);
        (await row.ReadAsync(Ct)).ShouldBeTrue();
        return (row.IsDBNull(0) ? null : row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var transaction = await CrossTenantTransaction.BeginAsync(_database.OwnerSource, Ct);
        await using var command = transaction.Command(sql);
        await command.ExecuteNonQueryAsync(Ct);
        await transaction.CommitAsync(Ct);
    }
}
