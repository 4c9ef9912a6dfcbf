using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Widget.Contracts;

namespace Widget.Api.Tests.Tavus;

/// <summary>The mirror of a tenant's knowledge at Tavus, from the account to the trace.</summary>
public sealed class TavusMirrorShould(TavusWorld world) : IClassFixture<TavusWorld>
{
    private const string Delivery = "Delivery within Germany costs 49 euros. To Denmark it costs 89 euros.";
    private const string Workshop = "Our workshop in Aarhus repairs folding bicycles on weekdays between nine and five.";

    [Fact]
    public async Task Answer_a_visitor_from_the_documents_of_the_account()
    {
        var tenant = await world.TenantAsync(new { useTavusKB = true, searchStrategy = "fallback" });
        var url = world.Page("Workshop", Workshop);
        await tenant.AddDocumentAsync(url, "The workshop");

        var state = await tenant.SyncAsync();
        var result = await tenant.SearchAsync("Who repairs folding bicycles in Aarhus?");
        var answer = await (await tenant.Tenant.VisitAsync(world.Node)).AskAsync("Who repairs folding bicycles in Aarhus on weekdays?");

        (state.On, state.SearchedBy, state.Documents, state.Ready, state.Error, state.Failed.Count)
            .ShouldBe((true, "mirror", 1, 1, null, 0));
        result.Hits[0].ShouldSatisfyAllConditions(hit => hit.Title.ShouldBe("The workshop"), hit => hit.Origins.ShouldBe(["tavus"]));
        result.Trace.Steps[0].Via!.ShouldStartWith("mirror of 1 document, synchronised at ");
        answer.Citations.ShouldHaveSingleItem().Origins.ShouldBe(["tavus"]);
        answer.Text.ShouldContain("between nine and five");
    }

    [Fact]
    public async Task Give_each_strategy_its_own_way_through_both_sides()
    {
        var tenant = await world.TenantAsync(new { useTavusKB = true });
        await tenant.AddDocumentAsync(world.Page("Delivery", Delivery));
        await tenant.Tenant.ImportAsync(
            new { id = "delivery", title = "Delivery", text = Delivery },
            new
            {
                id = "screen",
                title = "The settings screen",
                text = "A screenshot of the settings screen: "
                    + "the red button in the upper right corner of the picture starts the export.",
            });
        await tenant.SyncAsync();
        const string Plain = "What does delivery to Denmark cost?";
        const string Seen = "Show me a screenshot of the settings screen with the red button";

        var parallel = await tenant.SearchAsync(Plain, "parallel");
        parallel.Trace.Steps.Select(step => (step.KnowledgeBase, step.Outcome)).ShouldBe([("own", "answered"), ("tavus", "answered")]);
        parallel.Hits[0].Origins.ShouldBe(["own", "tavus"]);

        // Tavus's quick text for what is asked in words, our own multimodal knowledge for what is seen.
        var text = await tenant.SearchAsync(Plain, "smart");
        text.Trace.Route.ShouldBe("text");
        text.Trace.Steps.Select(step => (step.KnowledgeBase, step.Outcome)).ShouldBe([("tavus", "answered"), ("own", "skipped")]);
        text.Hits[0].Origins.ShouldBe(["tavus"]);
        var seen = await tenant.SearchAsync(Seen, "smart");
        seen.Trace.Route.ShouldBe("multimodal");
        seen.Trace.Steps.Select(step => (step.KnowledgeBase, step.Outcome)).ShouldBe([("own", "answered"), ("tavus", "skipped")]);
        seen.Hits[0].ExternalId.ShouldBe("screen");

        // Ours when Tavus has nothing good enough.
        var fallback = await tenant.SearchAsync(Seen, "fallback");
        fallback.Trace.Steps.Select(step => (step.KnowledgeBase, step.Outcome)).ShouldBe([("tavus", "answered"), ("own", "answered")]);
        fallback.Trace.Steps[1].Reason.ShouldBe("tavus found nothing good enough");
        fallback.Hits[0].ExternalId.ShouldBe("screen");
        (await tenant.SearchAsync(Plain, "fallback")).Trace.Steps[1].Reason.ShouldBe("tavus was good enough");
    }

    [Fact]
    public async Task Begin_by_itself_and_be_gone_when_it_is_switched_off()
    {
        var tenant = await world.TenantAsync();
        await tenant.AddDocumentAsync(world.Page("Workshop", Workshop));

        await tenant.SetAsync(settings => settings["useTavusKB"] = true);
        await tenant.UntilAsync(state => state.Ready == 1, "the worker has found out by itself");
        await tenant.SetAsync(settings => settings["useTavusKB"] = false);
        await (await tenant.Developer.PostAsync("/api/tavus/knowledge/sync", null)).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await DueAsync(tenant);

        var state = await tenant.UntilAsync(state => state is { Running: false, Documents: 0 }, "the mirror is gone");
        (state.On, state.SyncedAt, state.NextSyncAt).ShouldBe((false, null, null));
        await tenant.SetAsync(settings => settings["useTavusKB"] = true);
        await tenant.UntilAsync(later => later.Ready == 1, "it is back");
    }

    [Fact]
    public async Task Take_nothing_away_while_tavus_cannot_be_read()
    {
        var tenant = await world.TenantAsync(new { useTavusKB = true });
        await tenant.AddDocumentAsync(world.Page("Workshop", Workshop));
        var gone = await tenant.AddDocumentAsync(world.Page("Delivery", Delivery));
        (await tenant.SyncAsync()).Ready.ShouldBe(2);

        await tenant.SendAsync(HttpMethod.Delete, $"documents/{gone}");
        await tenant.FailAsync("GET documents", mode: "body", times: 1);
        await tenant.Developer.PostAsync("/api/tavus/knowledge/sync", null);
        var failed = await tenant.UntilAsync(state => state.Error is not null, "the failure is told");
        (failed.Ready, failed.Documents).ShouldBe((2, 2));
        (await tenant.SearchAsync("delivery to Denmark")).Hits.ShouldNotBeEmpty();

        var state = await tenant.SyncAsync();
        (state.Ready, state.Documents, state.Error).ShouldBe((1, 1, null));
    }

    [Fact]
    public async Task Say_which_documents_failed()
    {
        var tenant = await world.TenantAsync(new { useTavusKB = true });
        var page = world.Page("Gone", "Soon gone.");
        await tenant.AddDocumentAsync(page, "Gone");
        world.Pages.TryRemove(new Uri(page).AbsolutePath, out _).ShouldBeTrue();

        var state = await tenant.SyncAsync();

        var trouble = state.Failed.ShouldHaveSingleItem();
        (trouble.Name, trouble.Url).ShouldBe(("Gone", page));
        trouble.Error.ShouldContain("There is no page at");
        trouble.RetryAt.ShouldNotBeNull();
        (await tenant.Developer.GetFromJsonAsync<TavusTestReport>("/api/tavus/test", TestTenant.Json))!
            .Checks.Single(check => check.Name == "knowledge")
            .Ok.ShouldBeFalse();
    }

    [Fact]
    public async Task Keep_tenants_of_one_account_apart()
    {
        var (a, b) = (await world.TenantAsync(shared: true), await world.TenantAsync(shared: true));
        var mine = await a.AddDocumentAsync(world.Page("Workshop", Workshop), "a's", $"widget:{a.Id}");
        var common = await a.AddDocumentAsync(world.Page("Delivery", Delivery), "common", "handbook");
        var theirs = await a.AddDocumentAsync(
            world.Page("Secret", "The secret discount of the other tenant is ninety percent."),
            "b's",
            $"widget:{b.Id}",
            "handbook");

        // Naming another's document, or its tag, opens nothing.
        await a.SetAsync(settings => (settings["useTavusKB"], settings["tavusDocumentIds"], settings["tavusDocumentTags"]) =
            (true, new JsonArray(theirs, mine), new JsonArray("handbook", $"widget:{b.Id}")));
        var state = await a.SyncAsync();

        (state.Documents, state.Ready).ShouldBe((2, 2));
        (await a.SearchAsync("What is the secret discount?")).Hits.ShouldAllBe(hit => hit.ExternalId == mine || hit.ExternalId == common);
    }

    [Fact]
    public async Task Forget_what_another_key_had_opened()
    {
        var tenant = await world.TenantAsync(new { useTavusKB = true });
        await tenant.AddDocumentAsync(world.Page("Workshop", Workshop));
        (await tenant.SyncAsync()).Ready.ShouldBe(1);

        (await tenant.Developer.DeleteAsync("/api/tavus/key")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await tenant.UntilAsync(state => state is { Running: false, Documents: 0 }, "the documents of the former account are gone");
        (await tenant.SearchAsync("Who repairs folding bicycles?")).Hits.ShouldBeEmpty();
    }

    // The next time would be in a quarter of an hour.
    private async Task DueAsync(TavusTenant tenant)
    {
        await using var command = world.Database.OwnerSource.CreateCommand(
            "update tavus_knowledge set due_at = now(), asked = true where tenant_id = $1");
        command.Parameters.Add(new() { Value = tenant.Id.Value });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
