using Microsoft.EntityFrameworkCore;
using Widget.Platform.Work;
using Widget.Rag.Catalog;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Search;
using Widget.Rag.Tavus.Mirror;
using Widget.Rag.Tests.Ingestion.Crawling;
using Widget.Testing;

namespace Widget.Rag.Tests.Tavus;

public sealed class MirrorShould(DatabaseFixture fixture)
{
    private const string Shipping = "<html><head><title>Delivery</title></head><body><main><h1>Delivery</h1>"
        + "<p>Delivery within Germany costs 49 euros. To Denmark it costs 89 euros.</p></main></body></html>";
    private const string Warranty = "<html><head><title>Warranty</title></head><body><main><h1>Warranty</h1>"
        + "<p>The frame is covered for five years, the battery for two years or 700 cycles.</p></main></body></html>";
    private const string Workshop = "<html><head><title>Workshop</title></head><body><main><h1>Workshop</h1>"
        + "<p>Our workshop in the harbour repairs bicycles of all makes on weekdays between nine and five.</p></main></body></html>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_from_the_documents_of_the_account()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(mirror.Document("/shipping", "Shipping costs"), mirror.Document("/warranty"), mirror.Document("/workshop"));

        var result = await mirror.AskAsync("What does delivery to Denmark cost?");

        var hit = result.Hits[0];
        (hit.ExternalId, hit.Title, hit.Url, hit.ChunkId, hit.DocumentId)
            .ShouldBe(("d-shipping", "Shipping costs", mirror.Site.Site["/shipping"].ToString(), null, null));
        hit.Locator.Headings.ShouldBe(["Delivery"]);
        hit.Origins.ShouldBe(["tavus"]);
        result.Confidence.ShouldBeGreaterThan(0.5);
        result.Via.ShouldNotBeNull().ShouldMatch(@"^mirror of 3 documents, synchronised at \d{4}-\d\d-\d\d \d\d:\d\d UTC$");
        (await mirror.AskAsync("waranty of the batery")).Hits[0].ExternalId.ShouldBe("d-warranty");
        (await mirror.AskAsync("Who won the chess championship in Reykjavik?")).Confidence.ShouldBeLessThan(0.25);
        mirror.Base.CanAnswer(new KnowledgeQuery { TenantId = mirror.Tenant, Text = "x", Filter = new KnowledgeFilter { Tags = ["a"] } })
            .IsYes.ShouldBeFalse();
    }

    [Fact]
    public async Task Report_that_there_is_no_mirror_yet()
    {
        await using var mirror = await ShopAsync();

        (await mirror.AskAsync("battery")).ShouldSatisfyAllConditions(
            result => result.Hits.ShouldBeEmpty(),
            result => result.Via.ShouldBe("mirror, not synchronised yet"));
        await mirror.SyncAsync();
        (await mirror.AskAsync("battery")).Via!.ShouldStartWith("mirror of 0 documents");
    }

    [Fact]
    public async Task Not_change_the_own_knowledge()
    {
        await using var mirror = await ShopAsync();
        using var own = new Knowledge(fixture.Database);
        await own.ImportAsync(mirror.Tenant, ("charging", "Charging", "The charger fills the battery in four hours."));
        var before = await StatisticsAsync(mirror);

        await mirror.SyncAsync(mirror.Document("/shipping"), mirror.Document("/warranty"));

        (await StatisticsAsync(mirror)).ShouldBe(before);
        (await new KnowledgeCatalog(mirror.Database).ListAsync(mirror.Tenant, 0, 10, Ct)).Documents.Select(document => document.ExternalId)
            .ShouldBe(["charging"]);
        (
            await own.Base.SearchAsync(
                new KnowledgeQuery { TenantId = mirror.Tenant, Text = "delivery to Denmark" },
                Ct)).Hits.Select(hit => hit.ExternalId)
            .ShouldBe(["charging"]);
        (await mirror.AskAsync("charging the battery")).Hits.ShouldNotContain(hit => hit.ExternalId == "charging");
    }

    // The rarity of a stop word is measured among the passages in the question's language.
    [Fact]
    public async Task Count_its_passages_by_language()
    {
        await using var mirror = await ShopAsync();
        mirror.Site["/versand"] = "<html lang=de><head><title>Versand</title></head><body><main><h1>Versand</h1>"
            + "<p>Der Versand innerhalb Deutschlands kostet 49 Euro. Nach Dänemark kostet er 89 Euro.</p></main></body></html>";
        await mirror.SyncAsync(mirror.Document("/shipping"), mirror.Document("/warranty"), mirror.Document("/versand"));

        (await StateAsync(mirror)).PassagesByLanguage.ShouldBe(new Dictionary<string, int> { ["de"] = 1, ["en"] = 2 }, ignoreOrder: true);
        await using (var db = await mirror.Database.BeginAsync(mirror.Tenant, Ct))
        {
            var terms = (await MirrorQuestion.ReadAsync(db, "Was kostet der Versand nach Dänemark?", Ct))!.Terms;
            // The word "der" is in one passage, and one passage is in German.
            terms.Single(term => term.Lexeme == "der").Weight.ShouldBe(0.3f * (float)Bm25.Idf(1, 1), 0.001f);
        }

        await mirror.SyncAsync(mirror.Document("/shipping"));
        (await StateAsync(mirror)).PassagesByLanguage.ShouldBe(new Dictionary<string, int> { ["en"] = 1 });
    }

    [Fact]
    public async Task Not_fetch_unchanged_documents()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(mirror.Document("/shipping"), mirror.Document("/warranty"));
        mirror.Site.Forget();
        var revision = (await StateAsync(mirror)).Revision;

        await mirror.SyncAsync(mirror.Document("/shipping"), mirror.Document("/warranty", updated: "2"));

        (mirror.Site.Asked("/shipping"), mirror.Site.Asked("/warranty"), mirror.Site.NotModified("/warranty")).ShouldBe((0, 1, 1));
        (await StateAsync(mirror)).Revision.ShouldBe(revision + 1);

        mirror.Site["/warranty"] = Warranty.Replace("five years", "eight years");
        await mirror.SyncAsync(mirror.Document("/shipping"), mirror.Document("/warranty", updated: "3"));
        var hit = (await mirror.AskAsync("How long is the frame covered?")).Hits[0];
        hit.Text.ShouldContain("eight years");
    }

    [Fact]
    public async Task Remove_missing_documents_only_after_a_complete_list()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(mirror.Document("/shipping"), mirror.Document("/warranty"));

        await mirror.SyncAsync(new RemoteListing("account", [mirror.Document("/warranty")], IsComplete: false));
        (await mirror.AskAsync("delivery to Denmark")).Hits[0].ExternalId.ShouldBe("d-shipping");
        (await StateAsync(mirror)).Error.ShouldNotBeNull().ShouldContain("were kept");

        await mirror.SyncAsync(mirror.Document("/warranty"));
        (await mirror.AskAsync("delivery to Denmark")).Hits.ShouldAllBe(hit => hit.ExternalId == "d-warranty");
        (await StateAsync(mirror)).ShouldSatisfyAllConditions(state => state.Documents.ShouldBe(1), state => state.Error.ShouldBeNull());
    }

    [Fact]
    public async Task Remove_the_documents_of_another_account()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(mirror.Document("/shipping"));

        await mirror.SyncAsync(new RemoteListing("another", [mirror.Document("/warranty")], IsComplete: false));

        (await mirror.AskAsync("delivery to Denmark")).Hits.ShouldAllBe(hit => hit.ExternalId == "d-warranty");
    }

    [Fact]
    public async Task Name_the_pages_of_a_crawl_by_their_titles()
    {
        await using var mirror = await ShopAsync();
        RemoteDocument Crawl(params string[] paths) => mirror.Document("/shipping", "The shop") with
        {
            CrawledUrls = [.. paths.Select(path => mirror.Site.Site[path].ToString())],
            UpdatedAt = string.Join(',', paths),
        };
        await mirror.SyncAsync(Crawl("/shipping", "/warranty", "/workshop"));

        var hit = (await mirror.AskAsync("How long is the battery covered?")).Hits[0];
        (hit.ExternalId, hit.Title, hit.Url).ShouldBe(("d-shipping", "Warranty", mirror.Site.Site["/warranty"].ToString()));
        mirror.Site.Asked("/shipping").ShouldBe(1);
        (await mirror.AskAsync("x")).Via!.ShouldStartWith("mirror of 1 document,");

        await mirror.SyncAsync(Crawl("/shipping", "/workshop"));
        (await mirror.AskAsync("How long is the battery covered?")).Hits.ShouldAllBe(other => other.Title != "Warranty");
    }

    [Fact]
    public async Task Report_failures_keep_old_pages_and_retry_later()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(
            mirror.Document("/shipping"),
            mirror.Document("/missing"),
            mirror.Document("/broken", status: "error") with { Error = "file_empty" });

        var errors = await ErrorsAsync(mirror);
        errors["d-missing"].ShouldNotBeNull().ShouldContain("There is no page");
        errors["d-broken"].ShouldBe("Tavus could not read it: file_empty");
        mirror.Site.Asked("/broken").ShouldBe(0);

        // The page is gone, but Tavus still answers from it.
        mirror.Site["/shipping"] = new SitePage("", 500);
        await mirror.SyncAsync(mirror.Document("/shipping", updated: "2"), mirror.Document("/missing"));
        (await mirror.AskAsync("delivery to Denmark")).Hits[0].ExternalId.ShouldBe("d-shipping");
        (await ErrorsAsync(mirror))["d-shipping"].ShouldNotBeNull();

        mirror.Site["/missing"] = Workshop;
        mirror.Clock.Advance(TimeSpan.FromHours(2));
        await mirror.SyncAsync(mirror.Document("/shipping", updated: "2"), mirror.Document("/missing"));
        (await ErrorsAsync(mirror))["d-missing"].ShouldBeNull();
        (await mirror.AskAsync("Who repairs bicycles in the harbour?")).Hits[0].ExternalId.ShouldBe("d-missing");
    }

    [Fact]
    public async Task Let_slow_documents_wait_for_the_next_run()
    {
        await using var mirror = await ShopAsync();
        mirror.Site["/shipping"] = new SitePage(Shipping) { Meanwhile = () => mirror.Clock.Advance(TimeSpan.FromMinutes(6)) };
        // As many concurrent fetches as there are slow pages: all others wait.
        var slow = Enumerable.Range(0, 4).Select(number => mirror.Document("/shipping") with { Id = $"slow-{number}" });
        RemoteDocument[] documents =
        [
            .. slow,
            .. Enumerable.Range(0, 8).Select(number => mirror.Document("/warranty") with { Id = $"late-{number}" }),
        ];

        (await mirror.SyncAsync(documents)).ShouldBeFalse();
        (await StateAsync(mirror)).Error.ShouldNotBeNull().ShouldContain("wait for the next run");

        var runs = 1;
        for (; !await mirror.SyncAsync(documents); runs++) runs.ShouldBeLessThan(12);
        (await StateAsync(mirror)).Error.ShouldBeNull();
        (await ErrorsAsync(mirror)).Where(entry => entry.Value is not null).ShouldBeEmpty();
        (await mirror.AskAsync("How long is the battery covered?")).Hits.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Continue_a_slow_crawl_later()
    {
        await using var mirror = await ShopAsync();
        var crawl = mirror.Document("/shipping") with
        {
            CrawledUrls = [.. new[] { "/warranty", "/workshop" }.Select(path => mirror.Site.Site[path].ToString())],
        };
        await mirror.SyncAsync(crawl);
        mirror.Site["/shipping"] = new SitePage(Shipping) { Meanwhile = () => mirror.Clock.Advance(TimeSpan.FromMinutes(6)) };
        mirror.Site["/workshop"] = Workshop.Replace("nine and five", "ten and six", StringComparison.Ordinal);

        (await mirror.SyncAsync(crawl with { UpdatedAt = "2" })).ShouldBeTrue();
        (await ErrorsAsync(mirror))["d-shipping"]
            .ShouldBe("Its pages take too long to read. The rest will be retried later. (2 of its 3 pages could not be read.)");
        (await mirror.AskAsync("When does the workshop repair bicycles?")).Hits[0].Text.ShouldContain("nine and five");

        mirror.Clock.Advance(TimeSpan.FromMinutes(20));
        await mirror.SyncAsync(crawl with { UpdatedAt = "2" });
        (await ErrorsAsync(mirror))["d-shipping"].ShouldBeNull();
        (await mirror.AskAsync("When does the workshop repair bicycles?")).Hits[0].Text.ShouldContain("ten and six");
        mirror.Site.Asked("/shipping").ShouldBe(2);
    }

    [Fact]
    public async Task Wait_until_Tavus_has_a_document()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(mirror.Document("/shipping", status: "processing"));
        mirror.Site.Asked("/shipping").ShouldBe(0);
        (await ErrorsAsync(mirror))["d-shipping"].ShouldBeNull();

        await mirror.SyncAsync(mirror.Document("/shipping"));
        (await mirror.AskAsync("delivery to Denmark")).Hits.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Never_reach_a_private_address()
    {
        await using var mirror = await ShopAsync();
        await using var inside = await ChangingSite.StartAsync(("/secret", Workshop));

        await mirror.SyncAsync(
            new RemoteDocument("d1", "Inside", inside.Site["/secret"].ToString(), "ready"),
            new RemoteDocument("d2", "File", "file:///etc/passwd", "ready"));

        inside.Asked("/secret").ShouldBe(0);
        var errors = await ErrorsAsync(mirror);
        errors["d1"].ShouldNotBeNull().ShouldContain("not on the public internet");
        errors["d2"].ShouldNotBeNull().ShouldContain("Only http and https");
    }

    [Fact]
    public async Task Skip_copies_of_own_documents()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(mirror.Document("/shipping"));

        await mirror.SyncAsync(
            new RemoteListing("account", [mirror.Document("/shipping"), mirror.Document("/warranty")], IsComplete: true),
            "d-shipping");

        (await mirror.AskAsync("delivery to Denmark")).Hits.ShouldAllBe(hit => hit.ExternalId == "d-warranty");
    }

    [Fact]
    public async Task Be_deleted_when_it_is_turned_off()
    {
        await using var mirror = await ShopAsync();
        await mirror.SyncAsync(mirror.Document("/shipping"));

        await mirror.DropAsync();

        (await mirror.AskAsync("delivery to Denmark")).ShouldSatisfyAllConditions(
            result => result.Hits.ShouldBeEmpty(),
            result => result.Via.ShouldBe("mirror, not synchronised yet"));
        await using var db = await mirror.Database.BeginAsync(mirror.Tenant, Ct);
        (await db.TavusPassages.CountAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Commit_nothing_once_another_worker_has_taken_over()
    {
        await using var mirror = await ShopAsync();
        var late = await mirror.HoldAsync();
        await mirror.HoldAsync();

        await Assert.ThrowsAsync<LeaseLostException>(() => mirror.SyncAsync(late, mirror.Document("/shipping")));

        (await mirror.AskAsync("delivery to Denmark")).Hits.ShouldBeEmpty();
    }

    [Fact]
    public async Task Invalidate_cached_searches()
    {
        await using var mirror = await ShopAsync();
        var revisions = new KnowledgeRevisions(fixture.Database.ApplicationSource);
        var cache = new SearchCache(revisions.ReadAsync, mirror.Clock) { RevisionTimeout = TimeSpan.FromSeconds(30) };
        var search = new HybridSearch([mirror.Base], mirror.Clock, cache: cache);
        var plan = new SearchPlan { Weights = new Dictionary<string, double> { ["tavus"] = 1 }, Deadline = TimeSpan.FromSeconds(30) };
        Task<SearchResult> AskAsync() => search.SearchAsync(
            new KnowledgeQuery { TenantId = mirror.Tenant, Text = "delivery to Denmark" },
            plan,
            Ct);
        await mirror.SyncAsync(mirror.Document("/warranty"));

        (await AskAsync()).Trace.Cached.ShouldBeFalse();
        (await AskAsync()).Trace.Cached.ShouldBeTrue();
        await mirror.SyncAsync(mirror.Document("/warranty"), mirror.Document("/shipping"));
        var changed = await AskAsync();

        changed.Trace.Cached.ShouldBeFalse();
        changed.Hits[0].ExternalId.ShouldBe("d-shipping");
        changed.Trace.Steps.ShouldHaveSingleItem().Via!.ShouldStartWith("mirror of 2 documents");
    }

    [Fact]
    public async Task Assign_each_due_tenant_to_one_worker()
    {
        await using var mirror = await ShopAsync();
        await mirror.Leases.RequestSyncAsync(mirror.Tenant, Ct);
        var worker = Guid.CreateVersion7();
        var taken = new List<MirrorLease>();
        while (await mirror.Leases.ClaimAsync(worker, Ct) is { } lease) taken.Add(lease);

        var ours = taken.Where(lease => lease.Tenant == mirror.Tenant).ShouldHaveSingleItem();
        await mirror.Leases.RequestSyncAsync(mirror.Tenant, Ct);
        (await mirror.Leases.ReleaseAsync(ours, TimeSpan.FromHours(1), Ct)).ShouldBeTrue();
        (await mirror.Leases.RenewAsync(ours, Ct)).ShouldBeFalse();

        // It was requested again meanwhile, so it is due although the pause was an hour.
        (await StateAsync(mirror)).DueAt.ShouldNotBeNull().ShouldBeLessThan(DateTimeOffset.UtcNow.AddMinutes(1));
        foreach (var lease in taken) await mirror.Leases.ReleaseAsync(lease, TimeSpan.FromHours(1), Ct);
    }

    private Task<Mirror> ShopAsync() =>
        Mirror.CreateAsync(fixture.Database, ("/shipping", Shipping), ("/warranty", Warranty), ("/workshop", Workshop));

    private static async Task<Dictionary<string, string?>> ErrorsAsync(Mirror mirror)
    {
        await using var db = await mirror.Database.BeginAsync(mirror.Tenant, Ct);
        return await db.TavusDocuments.ToDictionaryAsync(row => row.DocumentId, row => row.Error, Ct);
    }

    private static async Task<TavusKnowledge> StateAsync(Mirror mirror)
    {
        await using var db = await mirror.Database.BeginAsync(mirror.Tenant, Ct);
        return await db.TavusKnowledge.AsNoTracking().SingleAsync(Ct);
    }

    private static async Task<(int, long, string)> StatisticsAsync(Mirror mirror)
    {
        await using var db = await mirror.Database.BeginAsync(mirror.Tenant, Ct);
        var statistics = await db.Statistics.AsNoTracking().SingleAsync(Ct);
        return (
            statistics.ChunkCount,
            statistics.TotalLength,
            string.Join(' ', await db.Lexicon.Select(entry => entry.Lexeme).Order().ToListAsync(Ct)));
    }
}
