using Microsoft.Extensions.Logging.Abstractions;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Reembedding;
using Widget.Rag.Search;
using Widget.Testing;
using Database = Widget.Migrations.Database;

namespace Widget.Rag.Tests.Reembedding;

public sealed class SemanticBacklogShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Knowledge _knowledge = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _knowledge = new Knowledge(_database, sentences: SentenceModels.Shared);
    }

    public async ValueTask DisposeAsync()
    {
        _knowledge.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Make_new_knowledge_found_by_meaning_after_it_is_found_by_words()
    {
        var tenant = await _database.AddTenantAsync();
        await _knowledge.ImportAsync(
            tenant,
            ("holidays", "Opening hours", "We are closed on public holidays."),
            ("parking", "Parking", "Twelve spaces behind the building are free of charge."),
            ("team", "Our team", "Everybody here has worked with dogs for ten years."));
        (await FirstAsync(tenant, "closed on holidays")).ShouldBe("holidays");
        (await MissingAsync(tenant)).ShouldBe(3);

        await _knowledge.FillSemanticBacklogAsync(tenant, Ct);

        (await MissingAsync(tenant)).ShouldBe(0);
        (await FirstAsync(tenant, "Where can I leave my car?")).ShouldBe("parking");
        var state = (await _knowledge.Embeddings.FindAsync(tenant, Ct)).Semantic.ShouldNotBeNull();
        state.ShouldBe(new SemanticState(3, 3, null));
    }

    [Fact]
    public async Task Be_due_for_every_tenant_with_knowledge_after_an_upgrade()
    {
        await using var older = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(older, sentences: SentenceModels.Shared);
        var (with, without) = (await older.AddTenantAsync(), await older.AddTenantAsync());
        await knowledge.ImportAsync(with, ("a", "A", "Some text about parking."));
        await using (var owner = await CrossTenantTransaction.BeginAsync(older.OwnerSource, Ct))
        {
            await using var rewind = owner.Command(
                """
                drop trigger chunks_added on chunks;
                drop function note_semantic_backlog;
                drop table semantic_backlogs;
                drop function claim_semantic_backlog;
                alter table knowledge_statistics drop column semantic_indexed_model;
                delete from migrations where "MigrationId" = '0027_semantic_vectors';
                """);
            await rewind.ExecuteNonQueryAsync(Ct);
            await owner.CommitAsync(Ct);
        }

        await Database.MigrateAsync(older.Owner, Ct);

        (await SemanticWorker.ClaimAsync(older.ApplicationSource, Guid.CreateVersion7(), Ct)).ShouldNotBeNull().Tenant.ShouldBe(with);
        (await SemanticWorker.ClaimAsync(older.ApplicationSource, Guid.CreateVersion7(), Ct)).ShouldBeNull();
        without.ShouldNotBe(with);
    }

    [Fact]
    public async Task Be_noted_when_a_node_of_the_former_version_writes_passages()
    {
        var tenant = await _database.AddTenantAsync();
        await _knowledge.ImportAsync(tenant, ("a", "A", "Some text about parking."));
        await _knowledge.FillSemanticBacklogAsync(tenant, Ct);
        await using (var db = await _knowledge.Database.BeginAsync(tenant, Ct))
        {
            // The former version only inserts the passages.
            await using var write = db.Command(
                """
                insert into chunks (tenant_id, id, document_id, ordinal, text, locator, lexemes, length)
                select tenant_id, $1, document_id, ordinal + 1, text, locator, lexemes, length from chunks
                """,
                [Guid.CreateVersion7()]);
            await write.ExecuteNonQueryAsync(Ct);
            await db.CommitAsync(Ct);
        }

        await _knowledge.FillSemanticBacklogAsync(tenant, Ct);

        (await MissingAsync(tenant)).ShouldBe(0);
    }

    [Fact]
    public async Task Say_why_it_waits_on_a_server_without_the_models()
    {
        var tenant = await _database.AddTenantAsync();
        await _knowledge.ImportAsync(tenant, ("a", "A", "Some text about parking."));
        using var broken = BrokenModels();
        var runner = new SemanticBacklogRunner(_knowledge.Database, broken, TimeProvider.System);
        using var models = new EmbeddingModels(sentences: broken);

        runner.CanRun.ShouldBeFalse();
        (await new EmbeddingChanges(_knowledge.Database, models).FindAsync(tenant, Ct)).Semantic!.Error
            .ShouldBe("This server cannot run the local sentence models.");
        (await FirstAsync(tenant, "parking")).ShouldBe("a");
    }

    [Fact]
    public async Task Store_nothing_when_another_worker_has_taken_the_lease()
    {
        var tenant = await _database.AddTenantAsync();
        await _knowledge.ImportAsync(tenant, ("a", "A", "Some text about parking."));
        var runner = new SemanticBacklogRunner(_knowledge.Database, SentenceModels.Shared, TimeProvider.System);
        var lease = (await SemanticWorker.ClaimAsync(_database.ApplicationSource, Guid.CreateVersion7(), Ct))!;
        await using (var db = await _knowledge.Database.BeginAsync(tenant, Ct))
        {
            await using var take = db.Command("update semantic_backlogs set lease_owner = $1", [Guid.CreateVersion7()]);
            await take.ExecuteNonQueryAsync(Ct);
            await db.CommitAsync(Ct);
        }

        await runner.RunAsync(lease, Ct);

        (await MissingAsync(tenant)).ShouldBe(1);
    }

    private static SentenceEmbedder BrokenModels() => SentenceEmbedder.From(
        () => throw new DllNotFoundException("libonnxruntime.so"),
        NullLogger<SentenceEmbedder>.Instance);

    private async Task<string> FirstAsync(TenantId tenant, string question) =>
        (await _knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct)).Hits[0].ExternalId;

    private async Task<int> MissingAsync(TenantId tenant)
    {
        await using var db = await _knowledge.Database.BeginAsync(tenant, Ct);
        return (await MissingPassages.ReadAsync(db, SentenceEmbedder.Model, Guid.Empty, 100, Ct)).Count;
    }
}
