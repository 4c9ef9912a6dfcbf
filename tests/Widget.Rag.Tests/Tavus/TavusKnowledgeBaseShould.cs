using System.Text.Json;
using Widget.Platform.Tenancy;
using Widget.Rag.Search;
using Widget.Rag.Tavus;
using Widget.Simulators.Tavus;
using Widget.Testing;

namespace Widget.Rag.Tests.Tavus;

public sealed class TavusKnowledgeBaseShould : IAsyncLifetime
{
    private static readonly TavusPassage[] Shop =
    [
        new(
            "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros.",
            "Shipping",
            "https://shop.example/shipping",
            "d1",
            "p1"),
        new("The frame is covered for five years, the battery for two years.", "Warranty", "https://shop.example/warranty", "d2", "p2"),
        new("Our workshop in the harbour repairs bicycles of all makes on weekdays.", "Workshop", "javascript:alert(1)", "d3", "p3"),
    ];

    private SimulatedServices _services = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _services = await SimulatedServices.StartAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Find_passages_with_their_documents()
    {
        _services.Tavus.Set(new TavusSwitches { Passages = Shop });

        var result = await AskAsync("What does delivery to Denmark cost?");

        var hit = result.Hits[0];
        (hit.ExternalId, hit.ForeignId, hit.Title, hit.Url, hit.ChunkId, hit.DocumentId)
            .ShouldBe(("d1", "p1", "Shipping", "https://shop.example/shipping", null, null));
        hit.Id.ShouldBe("d1/p1");
        hit.Origins.ShouldBe(["tavus"]);
        result.Hits.Single(other => other.ExternalId == "d3").Url.ShouldBeNull();
        result.Confidence.ShouldBeGreaterThan(0.5);
        var asked = _services.Tavus.Requests.ShouldHaveSingleItem();
        (asked.GetProperty("query").GetString(), asked.GetProperty("limit").GetInt32())
            .ShouldBe(("What does delivery to Denmark cost?", 8));
    }

    [Theory]
    [InlineData("unit")]
    [InlineData("percent")]
    [InlineData("distance")]
    [InlineData("disguised")]
    [InlineData("logit")]
    [InlineData("constant")]
    [InlineData("none")]
    public async Task Rank_and_judge_equally_on_any_scale(string scale)
    {
        _services.Tavus.Set(new TavusSwitches { Passages = Shop, Scale = scale });

        var known = await AskAsync("Is the battery covered for two years?");
        var unknown = await AskAsync("Who won the chess championship in Reykjavik?");

        known.Hits[0].ExternalId.ShouldBe("d2");
        known.Hits.ShouldAllBe(hit => hit.Score >= 0 && hit.Score <= 1);
        known.Confidence.ShouldBeGreaterThan(0.5);
        unknown.Hits.ShouldNotBeEmpty();
        unknown.Confidence.ShouldBeLessThan(0.25);
    }

    [Theory]
    [InlineData("results")]
    [InlineData("data")]
    [InlineData("matches")]
    [InlineData("")]
    public async Task Accept_any_name_of_the_list(string list)
    {
        _services.Tavus.Set(new TavusSwitches { Passages = Shop, List = list });

        (await AskAsync("battery")).Hits.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Name_a_passage_without_an_id_the_same_each_time()
    {
        _services.Tavus.Set(new TavusSwitches { Passages = [new("The harbour opens at nine in the morning.")] });

        var (first, second) = (await AskAsync("harbour"), await AskAsync("When does the harbour open?"));

        first.Hits[0].Id.ShouldBe(second.Hits[0].Id);
        first.Hits[0].Id.Length.ShouldBeGreaterThan(16);
    }

    [Fact]
    public async Task Return_no_hits_for_an_empty_list()
    {
        _services.Tavus.Set(new TavusSwitches { Passages = Shop, Empty = true });

        (await AskAsync("battery"))
            .ShouldSatisfyAllConditions(result => result.Hits.ShouldBeEmpty(), result => result.Confidence.ShouldBe(0));
    }

    [Fact]
    public async Task Limit_the_number_and_length_of_passages()
    {
        var texts = Enumerable.Range(0, 60).Select(i => new TavusPassage($"passage {i} {new string('x', 20_000)}"));
        _services.Tavus.Set(new TavusSwitches { Passages = [.. texts.Take(30)], Send = 30 });

        var result = await AskAsync("passage");

        result.Hits.Count.ShouldBe(8);
        result.Hits.ShouldAllBe(hit => hit.Text.Length <= 8_000);
    }

    [Theory]
    [InlineData(401, KnowledgeFault.Configuration, "key")]
    [InlineData(402, KnowledgeFault.Configuration, "credit")]
    [InlineData(404, KnowledgeFault.Configuration, "404")]
    [InlineData(429, KnowledgeFault.Throttled, "too many requests")]
    [InlineData(500, KnowledgeFault.Unavailable, "500")]
    public async Task Explain_an_error_without_repeating_the_question(int status, KnowledgeFault fault, string said)
    {
        _services.Tavus.Set(new TavusSwitches { FailNext = 1, FailStatus = status, RetryAfterSeconds = 7 });

        var failure = await Should.ThrowAsync<KnowledgeBaseException>(() => AskAsync("my secret question"));

        failure.Fault.ShouldBe(fault);
        failure.Message.ShouldContain(said);
        failure.ToString().ShouldNotContain("secret");
        failure.RetryAfter.ShouldBe(fault is KnowledgeFault.Configuration ? null : TimeSpan.FromSeconds(7));
    }

    [Theory]
    [InlineData("{\"results\": [{\"content\": ")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("")]
    [InlineData("{\"answer\": 42}")]
    [InlineData("\"results\"")]
    [InlineData("{\"results\": [{\"score\": 1}, 7, null]}")]
    [InlineData("{\"results\": [{\"content\": \"broken \\ud800 text\"}]}")]
    public async Task Reject_an_invalid_answer(string body)
    {
        _services.Tavus.Set(new TavusSwitches { Body = body });

        (await Should.ThrowAsync<KnowledgeBaseException>(() => AskAsync("battery"))).Fault.ShouldBe(KnowledgeFault.Malformed);
    }

    [Fact]
    public async Task Remove_characters_that_cannot_be_stored()
    {
        _services.Tavus.Set(new TavusSwitches { Body = """{"results": [{"content": "nul \u0000 here", "score": "high", "page": 3}]}""" });

        var hit = (await AskAsync("nul")).Hits.ShouldHaveSingleItem();

        (hit.Text, hit.Locator.Page).ShouldBe(("nul   here", 3));
    }

    [Fact]
    public async Task Stop_reading_an_answer_that_does_not_end()
    {
        _services.Tavus.Set(new TavusSwitches { Passages = Shop, Padding = 3_000_000 });

        (await Should.ThrowAsync<KnowledgeBaseException>(() => AskAsync("battery"))).Message
            .ShouldBe("its response is longer than 1024 KB");
    }

    [Fact]
    public async Task Explain_a_broken_or_refused_connection()
    {
        _services.Tavus.Set(new TavusSwitches { Passages = Shop, Cut = true });
        (await Should.ThrowAsync<KnowledgeBaseException>(() => AskAsync("battery"))).Fault.ShouldBe(KnowledgeFault.Unavailable);

        var nowhere = Knowledge(_services.TavusOptions with { Endpoint = new Uri("http://127.0.0.1:9/") });
        (await Should.ThrowAsync<KnowledgeBaseException>(() => nowhere.SearchAsync(Query("battery"), Ct))).Message
            .ShouldBe("it cannot be reached or closed the connection");
    }

    [Fact]
    public async Task Refuse_a_wrong_key()
    {
        var knowledge = Knowledge(_services.TavusOptions with { Key = "wrong" });

        (await Should.ThrowAsync<KnowledgeBaseException>(() => knowledge.SearchAsync(Query("battery"), Ct))).Message.ShouldBe(
            "its key is not accepted (status 401)");
    }

    [Fact]
    public void Report_queries_it_cannot_answer()
    {
        var knowledge = Knowledge(_services.TavusOptions);

        knowledge.CanAnswer(Query("x")).IsYes.ShouldBeTrue();
        knowledge.CanAnswer(Query("x") with { Filter = new KnowledgeFilter { Tags = ["a"] } }).IsYes.ShouldBeFalse();
        knowledge.CanAnswer(Query("x") with { Parameters = new Dictionary<string, string>() }).WhyNot
            .ShouldBe("not asked, the tenant has no tavusReplicaId");
        knowledge.CanAnswer(Query("x", replica: "../personas")).IsYes.ShouldBeFalse();
    }

    [Theory]
    [InlineData(
        "https://gateway.example",
        "/v1/replicas/{replicaId}/knowledge/search",
        "https://gateway.example/v1/replicas/r1/knowledge/search")]
    [InlineData("https://gateway.example/tavus/", "/search/{replicaId}?fast=1", "https://gateway.example/tavus/search/r1?fast=1")]
    public void Use_the_configured_address(string endpoint, string path, string address) =>
        new TavusOptions { Endpoint = new Uri(endpoint), SearchPath = path }.SearchAddress("r1").ShouldBe(new Uri(address));

    [Fact]
    public async Task Merge_hits_that_the_own_knowledge_also_has()
    {
        const string Text = "Delivery within Germany costs 49 euros, to Denmark it costs 89 euros, and it takes four working days.";
        _services.Tavus.Set(new TavusSwitches { Passages = Shop[1..], NearDuplicatesOf = [Text] });
        var tavus = Knowledge(_services.TavusOptions);
        var own = new Search.StubKnowledgeBase("own") { Hits = [Search.StubKnowledgeBase.Hit("shipping", 1, Text)] };
        var plan = new SearchPlan
        {
            Weights = new Dictionary<string, double> { ["own"] = 0.5, ["tavus"] = 0.5 },
            Parameters = Query("x").Parameters,
        };

        var result = await new HybridSearch([own, tavus], TimeProvider.System)
            .SearchAsync(Query("What does delivery to Denmark cost?"), plan, Ct);

        result.Hits[0].ExternalId.ShouldBe("shipping");
        result.Hits[0].Origins.ShouldBe(["own", "tavus"]);
        result.Hits[0].Score.ShouldBe(1, tolerance: 1e-9);
        result.Trace.Dropped.Duplicates.ShouldBe(1);
    }

    [Fact]
    public async Task Pause_for_a_tenant_without_credit()
    {
        _services.Tavus.Set(new TavusSwitches { Passages = Shop, FailNext = 1, FailStatus = 402 });
        var tavus = Knowledge(_services.TavusOptions);
        var own = new Search.StubKnowledgeBase("own") { Hits = [Search.StubKnowledgeBase.Hit("a", 1)] };
        var plan = new SearchPlan
        {
            Weights = new Dictionary<string, double> { ["own"] = 0.5, ["tavus"] = 0.5 },
            Parameters = Query("x").Parameters,
        };
        var search = new HybridSearch([own, tavus], TimeProvider.System);
        var query = Query("battery");

        var first = await search.SearchAsync(query, plan, Ct);
        var second = await search.SearchAsync(query, plan, Ct);

        first.Trace.Steps[1]
            .ShouldSatisfyAllConditions(
                step => step.Outcome.ShouldBe(SearchOutcome.Failed),
                step => step.Reason.ShouldBe("the account has no credit left (status 402)"));
        second.Trace.Steps[1].Outcome.ShouldBe(SearchOutcome.Skipped);
        _services.Tavus.Received.ShouldBe(1);
    }

    [Fact]
    public void Read_any_list_or_fail_with_a_documented_exception()
    {
        string[] lists =
        [
            "[]",
            "{\"data\": []}",
            "[{\"text\": 5}]",
            "[{\"text\": \"a\", \"distance\": -1e308}, {\"text\": \"b\", \"distance\": 1e308}]",
        ];
        foreach (var json in lists)
        {
            var hits = TavusSearchResponse.Parse(JsonDocument.Parse(json).RootElement, 8);
            hits.ShouldAllBe(hit => double.IsFinite(hit.Score));
        }
    }

    private async Task<KnowledgeResult> AskAsync(string question)
    {
        var knowledge = Knowledge(_services.TavusOptions);
        return await knowledge.SearchAsync(Query(question), Ct);
    }

    private static TavusKnowledgeBase Knowledge(TavusOptions options) =>
        new(options, new InstallationSearchKey(options), TestOutbound.Clients);

    private static KnowledgeQuery Query(string text, string replica = TavusEndpoints.Replica) => new()
    {
        TenantId = TenantId.New(),
        Text = text,
        Parameters = new Dictionary<string, string> { [TavusKnowledgeBase.ReplicaParameter] = replica },
    };
}
