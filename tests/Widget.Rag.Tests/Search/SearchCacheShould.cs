using Widget.Platform.Tenancy;
using Widget.Rag.Catalog;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Search;

public sealed class SearchCacheShould(DatabaseFixture fixture)
{
    private readonly TestClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_the_same_question_without_searching_until_the_knowledge_changes()
    {
        using var knowledge = new Knowledge(fixture.Database);
        var tenant = await fixture.Database.AddTenantAsync();
        var revisions = new KnowledgeRevisions(fixture.Database.ApplicationSource);
        // On a busy machine, opening the first connection may take longer than the usual limit.
        var cache = new SearchCache(revisions.ReadAsync, _clock) { RevisionTimeout = TimeSpan.FromSeconds(30) };
        var search = new HybridSearch([knowledge.Base], _clock, cache: cache);
        Task<SearchResult> AskAsync(string text = "How long is the battery covered?") =>
            search.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = text }, Plan, Ct);

        (await AskAsync()).Hits.ShouldBeEmpty();
        await knowledge.ImportAsync(tenant, ("a", "Warranty", "The battery is covered for two years."));
        var first = await AskAsync();
        var second = await AskAsync("  how long is the\nbattery COVERED? ");

        first.Trace.Cached.ShouldBeFalse();
        first.Hits.ShouldHaveSingleItem();
        second.Trace.Cached.ShouldBeTrue();
        second.Hits.ShouldBe(first.Hits);

        await knowledge.ImportAsync(tenant, ("a", "Warranty", "The battery is covered for three years."));
        var changed = await AskAsync();
        changed.Trace.Cached.ShouldBeFalse();
        changed.Hits[0].Text.ShouldContain("three");

        var catalog = new KnowledgeCatalog(knowledge.Database);
        await catalog.DeleteAsync(tenant, changed.Hits[0].DocumentId!.Value, Ct);
        (await AskAsync()).Hits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Count_only_a_tenants_own_searchable_changes()
    {
        using var knowledge = new Knowledge(fixture.Database);
        var (tenant, other) = (await fixture.Database.AddTenantAsync(), await fixture.Database.AddTenantAsync());
        await knowledge.ImportAsync(tenant, ("a", "A", "One text."), ("b", "B", "Another text."));
        await knowledge.ImportAsync(other, ("a", "A", "One text."));
        var revisions = new KnowledgeRevisions(fixture.Database.ApplicationSource);
        var (before, others) = (await revisions.ReadAsync(tenant, Ct), await revisions.ReadAsync(other, Ct));

        await RunAsync(tenant, "update documents set updated_at = now()");
        (await revisions.ReadAsync(tenant, Ct)).ShouldBe(before);
        await RunAsync(tenant, "update documents set title = 'C' where external_id = 'a'");
        (await revisions.ReadAsync(tenant, Ct)).ShouldBe(before + 1);
        await RunAsync(tenant, "delete from sources");
        (await revisions.ReadAsync(tenant, Ct)).ShouldBeGreaterThan(before + 1);
        (await revisions.ReadAsync(other, Ct)).ShouldBe(others);
        (await revisions.ReadAsync(TenantId.New(), Ct)).ShouldBe(0);

        async Task RunAsync(TenantId whose, string sql)
        {
            await using var db = await knowledge.Database.BeginAsync(whose, Ct);
            await using var command = db.Command(sql);
            await command.ExecuteNonQueryAsync(Ct);
            await db.CommitAsync(Ct);
        }
    }

    [Fact]
    public async Task Share_one_search_between_concurrent_equal_questions()
    {
        var own = new StubKnowledgeBase("own") { Hits = [StubKnowledgeBase.Hit("a", 1)], Delay = TimeSpan.FromMilliseconds(100) };
        var search = Search(own);
        var query = new KnowledgeQuery { TenantId = TenantId.New(), Text = "battery" };

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => search.SearchAsync(query, Plan, Ct)));

        own.Asked.ShouldBe(1);
        results.Count(result => result.Trace.Cached).ShouldBe(19);
    }

    [Fact]
    public async Task Not_cache_an_incomplete_result()
    {
        var own = new StubKnowledgeBase("own") { Hits = [StubKnowledgeBase.Hit("a", 1)] };
        var tavus = new StubKnowledgeBase("tavus") { IsRemote = true, Fails = new HttpRequestException("down") };
        var search = Search(own, tavus);
        var plan = Plan with { Weights = new Dictionary<string, double> { ["own"] = 0.5, ["tavus"] = 0.5 } };
        var query = new KnowledgeQuery { TenantId = TenantId.New(), Text = "battery" };

        await search.SearchAsync(query, plan, Ct);
        await search.SearchAsync(query, plan, Ct);

        own.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Cache_remote_results_for_a_shorter_time()
    {
        var (own, tavus) = (new StubKnowledgeBase("own"), new StubKnowledgeBase("tavus") { IsRemote = true });
        var search = Search(own, tavus);
        var query = new KnowledgeQuery { TenantId = TenantId.New(), Text = "battery" };
        var both = Plan with { Weights = new Dictionary<string, double> { ["own"] = 0.5, ["tavus"] = 0.5 } };
        await search.SearchAsync(query, Plan, Ct);
        await search.SearchAsync(query, both, Ct);

        _clock.Advance(TimeSpan.FromSeconds(31));
        (await search.SearchAsync(query, Plan, Ct)).Trace.Cached.ShouldBeTrue();
        (await search.SearchAsync(query, both, Ct)).Trace.Cached.ShouldBeFalse();

        _clock.Advance(TimeSpan.FromMinutes(5));
        (await search.SearchAsync(query, Plan, Ct)).Trace.Cached.ShouldBeFalse();
    }

    [Fact]
    public async Task Search_without_cache_when_the_revision_is_unavailable()
    {
        var own = new StubKnowledgeBase("own") { Hits = [StubKnowledgeBase.Hit("a", 1)] };
        var silent = new SearchCache(async (_, ct) => { await Task.Delay(Timeout.Infinite, ct); return 0; }, TimeProvider.System);
        var search = new HybridSearch([own], TimeProvider.System, cache: silent);

        (
            await search.SearchAsync(
                new KnowledgeQuery { TenantId = TenantId.New(), Text = "battery" },
                Plan,
                Ct)).Hits.ShouldHaveSingleItem();
    }

    [Fact]
    public void Distinguish_everything_that_determines_the_answer()
    {
        var query = new KnowledgeQuery { TenantId = TenantId.New(), Text = "battery" };
        (KnowledgeQuery, SearchPlan, long)[] searches =
        [
            (query, Plan, 1),
            (query, Plan, 2),
            (query with { TenantId = TenantId.New() }, Plan, 1),
            (query with { Text = "batteries" }, Plan, 1),
            (query with { Limit = 9 }, Plan, 1),
            (query with { Filter = new KnowledgeFilter { Tags = ["a", "b"] } }, Plan, 1),
            (query with { Filter = new KnowledgeFilter { Tags = ["ab"] } }, Plan, 1),
            (query with { Filter = new KnowledgeFilter { Kinds = [DocumentKind.Image] } }, Plan, 1),
            (query with { Filter = new KnowledgeFilter { Languages = ["de"] } }, Plan, 1),
            (query with { Filter = new KnowledgeFilter { Sources = [SourceId.New()] } }, Plan, 1),
            (query, Plan with { Strategy = SearchStrategy.Smart }, 1),
            (query, Plan with { SufficientConfidence = 0.6 }, 1),
            (query, Plan with { Weights = new Dictionary<string, double> { ["own"] = 0.9 } }, 1),
            (query, Plan with { Parameters = new Dictionary<string, string> { ["tavus.replicaId"] = "r1" } }, 1),
        ];

        searches.Select(search => SearchCache.Key(search.Item1, search.Item2, search.Item3)).Distinct().Count().ShouldBe(searches.Length);
    }

    private static SearchPlan Plan { get; } = new(
        )
    { Weights = new Dictionary<string, double> { ["own"] = 1 }, Deadline = TimeSpan.FromSeconds(30) };

    private HybridSearch Search(params IKnowledgeBase[] bases) =>
        new(bases, _clock, cache: new SearchCache((_, _) => Task.FromResult(1L), _clock));
}
