using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Reembedding;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Reembedding;

public sealed class EmbeddingChangesShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_the_old_model_until_every_passage_has_the_new_ones_vectors()
    {
        using var endpoint = new Endpoint();
        using var knowledge = new Knowledge(_database, models: new EmbeddingModels(endpoint));
        var tenant = await FilledAsync(knowledge, 300);

        (await knowledge.Embeddings.RequestAsync(tenant, "big-model", Ct)).ShouldBeTrue();
        endpoint.FailAfter = 2; // batches of 128
        await RunAsync(knowledge, tenant, "big-model");

        var halfway = await knowledge.Embeddings.FindAsync(tenant, Ct);
        (halfway.Model, halfway.Change!.Done, halfway.Change.Total, halfway.Change.Error)
            .ShouldBe((HashedEmbedder.Model, 256, 300, "The model is away."));
        (await CountAsync(knowledge, tenant))
            .ShouldBe(new Dictionary<string, int> { [HashedEmbedder.Model] = 300, ["big-model"] = 256 }, ignoreOrder: true);
        (await FirstAsync(knowledge, tenant, "item number seventeen")).ShouldBe("d17");

        // Documents added meanwhile are served at once and also get the new vectors.
        endpoint.FailAfter = int.MaxValue;
        var before = endpoint.Texts;
        await knowledge.ImportAsync(tenant, [("late", "Late", "The latecomer arrived by ferry.")]);
        await RunAsync(knowledge, tenant, "big-model");

        (endpoint.Texts - before).ShouldBe(45); // those that were missing, and no other
        (await knowledge.Embeddings.FindAsync(tenant, Ct)).Model.ShouldBe("big-model");
        await ForgetGraceAsync(knowledge, tenant);
        await RunAsync(knowledge, tenant, "big-model");
        (await knowledge.Embeddings.FindAsync(tenant, Ct)).Change.ShouldBeNull();
        (await CountAsync(knowledge, tenant)).ShouldBe(new Dictionary<string, int> { ["big-model"] = 301 });
        using var other = new Knowledge(_database, models: new EmbeddingModels(endpoint));
        (await FirstAsync(other, tenant, "latecomer ferry")).ShouldBe("late");
    }

    [Fact]
    public async Task Find_documents_by_words_until_they_are_embedded()
    {
        using var endpoint = new Endpoint { FailAfter = 0 };
        using var knowledge = new Knowledge(_database, models: new EmbeddingModels(endpoint, "big-model"));
        var tenant = await FilledAsync(knowledge, 20);

        var found = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = "item number seventeen" }, Ct);
        found.Hits[0].ExternalId.ShouldBe("d17");
        found.Shortcoming.ShouldBe("by words only: The model is away.");
        (await knowledge.Embeddings.FindAsync(tenant, Ct)).Model.ShouldBe("big-model");

        endpoint.FailAfter = int.MaxValue;
        await RunAsync(knowledge, tenant, "big-model");

        (await CountAsync(knowledge, tenant)).ShouldBe(new Dictionary<string, int> { ["big-model"] = 20 });
        (await knowledge.Embeddings.FindAsync(tenant, Ct)).Change.ShouldBeNull();
        (
            await knowledge.Base.SearchAsync(
                new KnowledgeQuery { TenantId = tenant, Text = "item number seventeen" },
                Ct)).Shortcoming.ShouldBeNull();
    }

    [Fact]
    public async Task Shorten_a_text_that_the_model_refuses_and_continue()
    {
        using var endpoint = new Endpoint { LongestText = 600 };
        using var knowledge = new Knowledge(_database, models: new EmbeddingModels(endpoint));
        var tenant = await FilledAsync(knowledge, 200);
        await knowledge.ImportAsync(tenant, [("long", "Long", string.Join(' ', Enumerable.Repeat("endless", 90)))]);
        await knowledge.Embeddings.RequestAsync(tenant, "big-model", Ct);

        await RunAsync(knowledge, tenant, "big-model");

        var state = await knowledge.Embeddings.FindAsync(tenant, Ct);
        (state.Model, state.Change!.Error).ShouldBe(("big-model", null));
        (await CountAsync(knowledge, tenant))["big-model"].ShouldBe(201);
        endpoint.Refused.ShouldBeInRange(2, 20);
    }

    [Fact]
    public async Task Report_a_model_that_refuses_every_text()
    {
        using var endpoint = new Endpoint { LongestText = 0 };
        using var knowledge = new Knowledge(_database, models: new EmbeddingModels(endpoint));
        var tenant = await FilledAsync(knowledge, 5);
        await knowledge.Embeddings.RequestAsync(tenant, "big-model", Ct);

        await RunAsync(knowledge, tenant, "big-model");

        var state = await knowledge.Embeddings.FindAsync(tenant, Ct);
        (state.Model, state.Change!.Error).ShouldBe((HashedEmbedder.Model, "Too long."));
    }

    [Fact]
    public async Task Keep_the_vectors_when_the_lease_expired_but_was_not_taken()
    {
        using var endpoint = new Endpoint();
        using var knowledge = new Knowledge(_database, models: new EmbeddingModels(endpoint));
        var tenant = await FilledAsync(knowledge, 5);
        await knowledge.Embeddings.RequestAsync(tenant, "big-model", Ct);
        var lease = await LeaseAsync(knowledge, tenant, "big-model");
        await using (var db = await knowledge.Database.BeginAsync(tenant, Ct))
        {
            await db.EmbeddingChanges.ExecuteUpdateAsync(
                set => set.SetProperty(row => row.LeaseUntil, DateTimeOffset.UtcNow.AddMinutes(-1)),
                Ct);
            await db.CommitAsync(Ct);
        }

        await knowledge.EmbeddingRunner.RunAsync(lease, Ct);

        (await knowledge.Embeddings.FindAsync(tenant, Ct)).Model.ShouldBe("big-model");
    }

    [Fact]
    public async Task Stop_when_the_tenant_chooses_another_model()
    {
        using var endpoint = new Endpoint();
        using var knowledge = new Knowledge(_database, models: new EmbeddingModels(endpoint));
        var tenant = await FilledAsync(knowledge, 5);
        await knowledge.Embeddings.RequestAsync(tenant, "first", Ct);
        var lease = await LeaseAsync(knowledge, tenant, "first");
        await knowledge.Embeddings.RequestAsync(tenant, "second", Ct);

        await knowledge.EmbeddingRunner.RunAsync(lease, Ct);

        var state = await knowledge.Embeddings.FindAsync(tenant, Ct);
        (state.Model, state.Change!.Model).ShouldBe((HashedEmbedder.Model, "second"));
        (await CountAsync(knowledge, tenant)).ShouldNotContainKey("first");
        await RunAsync(knowledge, tenant, "second");
        (await knowledge.Embeddings.FindAsync(tenant, Ct)).Model.ShouldBe("second");
    }

    [Fact]
    public async Task Refuse_a_model_that_is_not_configured()
    {
        using var knowledge = new Knowledge(_database);
        var tenant = await _database.AddTenantAsync();

        (await knowledge.Embeddings.RequestAsync(tenant, "text-embedding-3-small", Ct)).ShouldBeFalse();
        (await knowledge.Embeddings.FindAsync(tenant, Ct)).ShouldBe(new EmbeddingState(HashedEmbedder.Model, null));
    }

    [Fact]
    public async Task Be_claimed_by_one_worker_at_a_time()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var endpoint = new Endpoint();
        using var knowledge = new Knowledge(database, models: new EmbeddingModels(endpoint));
        var tenant = await database.AddTenantAsync();
        await knowledge.Embeddings.RequestAsync(tenant, "big-model", Ct);

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => EmbeddingWorker.ClaimAsync(database.ApplicationSource, Guid.CreateVersion7(), Ct)));

        claims.OfType<EmbeddingLease>().ShouldHaveSingleItem().Tenant.ShouldBe(tenant);
    }

    private async Task<TenantId> FilledAsync(Knowledge knowledge, int documents)
    {
        string[] numbers =
        [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
            "fourteen", "fifteen", "sixteen", "seventeen",
        ];
        var tenant = await _database.AddTenantAsync();
        await knowledge.ImportAsync(
            tenant,
            [
                .. Enumerable.Range(0, documents)
                    .Select(i => ($"d{i}", $"Item {i}", $"This is item number {(i < numbers.Length ? numbers[i] : $"n{i}")} of the list.")),
            ]);
        return tenant;
    }

    private static async Task RunAsync(Knowledge knowledge, TenantId tenant, string model) =>
        await knowledge.EmbeddingRunner.RunAsync(await LeaseAsync(knowledge, tenant, model), Ct);

    private static async Task<EmbeddingLease> LeaseAsync(Knowledge knowledge, TenantId tenant, string model)
    {
        var lease = new EmbeddingLease(tenant, model, Guid.CreateVersion7());
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        await db.EmbeddingChanges.ExecuteUpdateAsync(
            set =>
                set.SetProperty(row => row.LeaseOwner, lease.Worker)
                    .SetProperty(row => row.LeaseUntil, DateTimeOffset.UtcNow.AddHours(1)), Ct);
        await db.CommitAsync(Ct);
        return lease;
    }

    private static async Task ForgetGraceAsync(Knowledge knowledge, TenantId tenant)
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        await db.EmbeddingChanges.ExecuteUpdateAsync(set => set.SetProperty(row => row.SwitchedAt, DateTimeOffset.UtcNow.AddHours(-1)), Ct);
        await db.CommitAsync(Ct);
    }

    private static async Task<Dictionary<string, int>> CountAsync(Knowledge knowledge, TenantId tenant)
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        return await db.ChunkEmbeddings.GroupBy(row => row.Model).ToDictionaryAsync(group => group.Key, group => group.Count(), Ct);
    }

    private static async Task<string> FirstAsync(Knowledge knowledge, TenantId tenant, string question) =>
        (await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct)).Hits[0].ExternalId;

    /// <summary>An endpoint that becomes unavailable. The real client is tested against the simulator.</summary>
    private sealed class Endpoint : IEmbeddingGenerator<string, Embedding<float>>
    {
        private int _calls;

        public int FailAfter { get; set; } = int.MaxValue;

        public int LongestText { get; init; } = int.MaxValue;

        public int Refused { get; private set; }

        public int Texts { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values,
            EmbeddingGenerationOptions? options = null,
            CancellationToken cancellationToken = default)
        {
            var texts = values.ToList();
            if (texts.Count > 1 && _calls++ >= FailAfter) throw new EmbeddingUnavailableException("The model is away.");
            if (texts.Count == 1 && FailAfter == 0) throw new EmbeddingUnavailableException("The model is away.");
            if (texts.Exists(text => text.Length > LongestText))
            {
                Refused++;
                throw new EmbeddingUnavailableException("Too long.") { IsRefusal = true };
            }

            Texts += texts.Count;
            return Task.FromResult(
                new GeneratedEmbeddings<Embedding<float>>(
                    texts.Select(text => new Embedding<float>(HashedEmbedder.Embed(text).AsMemory(0, 512)))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // There is nothing to dispose.
        }
    }
}
