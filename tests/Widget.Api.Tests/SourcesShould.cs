using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Widget.Contracts;
using Widget.Rag.Catalog;
using Widget.Testing;

namespace Widget.Api.Tests;

public sealed class SourcesShould(ApiFixture api)
{
    [Fact]
    public async Task Read_a_site_show_its_progress_and_read_it_again()
    {
        var text = "The tide rises at noon.";
        await using var site = await StartSiteAsync(context => context.Request.Path == "/" ? $"<main><p>{text}</p></main>" : null);
        await using var node = await NodeAsync(site);
        var tenant = await TestTenant.CreateAsync(api, node);

        var created = await tenant.Developer.PostAsJsonAsync(
            "/api/knowledge/sources",
            new { kind = "site", url = Address(site), name = "Tides", tags = new[] { "sea" }, schedule = "weekly" });
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = (await created.Content.ReadFromJsonAsync<SourceDetail>())!.Id;
        var source = await EndedAsync(tenant, id);

        (source.Status, source.Name, source.Documents, source.Passages, source.Failed, source.LastError)
            .ShouldBe((SourceStatusName.Ready, "Tides", 1, 1L, 0, null));
        (source.Progress!.Done, source.Progress.Total).ShouldBe((1, 1));
        source.LastRunAt.ShouldNotBeNull();
        (source.NextRunAt!.Value - DateTimeOffset.UtcNow).TotalDays.ShouldBeInRange(6, 8);
        (await DocumentsAsync(tenant, $"?source={id}")).ShouldHaveSingleItem().Tags.ShouldBe(["sea"]);

        text = "The tide falls at dusk.";
        (await tenant.FinishedAsync(await tenant.Developer.PostAsync($"/api/knowledge/sources/{id}/crawl", null))).Done.ShouldBe(1);
        var document = (await DocumentsAsync(tenant, "?query=127.0.0.1")).ShouldHaveSingleItem();
        var chunks = (await tenant.Developer.GetFromJsonAsync<DocumentChunkPage>($"/api/knowledge/documents/{document.Id}/chunks"))!;
        (chunks.Total, chunks.Chunks[0].Ordinal, chunks.Chunks[0].Text).ShouldBe((1, 0, "The tide falls at dusk."));
        var detail = (await tenant.Developer.GetFromJsonAsync<DocumentDetail>($"/api/knowledge/documents/{document.Id}"))!;
        (detail.Source.Id, detail.Source.Kind, detail.Status, detail.Chunks)
            .ShouldBe((id, SourceKindName.Site, DocumentStatusName.Ready, 1));

        await (await tenant.Developer.PostAsJsonAsync("/api/knowledge/sources", new { kind = "site", url = Address(site) }))
            .ShouldBeProblemAsync(HttpStatusCode.Conflict, "There is already a site with this address.");
    }

    [Fact]
    public async Task Read_a_site_again_on_its_schedule()
    {
        var visits = 0;
        await using var site = await StartSiteAsync(
            context => context.Request.Path == "/" && Interlocked.Increment(ref visits) > 0 ? "<main><p>Words.</p></main>" : null);
        await using var node = await NodeAsync(site);
        var tenant = await TestTenant.CreateAsync(api, node);
        var created = await tenant.Developer.PostAsJsonAsync(
            "/api/knowledge/sources",
            new { kind = "page", url = Address(site), schedule = "daily" });
        var id = (await created.Content.ReadFromJsonAsync<SourceDetail>())!.Id;
        await EndedAsync(tenant, id);
        var scheduler = node.Service<IEnumerable<IHostedService>>().OfType<RecrawlWorker>().Single();

        await using (var due = api.Database.OwnerSource.CreateCommand(
            "update sources set next_crawl_at = now() - interval '1 second' where id = $1"))
        {
            due.Parameters.Add(new() { Value = id });
            await due.ExecuteNonQueryAsync();
        }

        // Every node checks the schedule, but the source is due only once.
        var queued = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => scheduler.QueueDueAsync(CancellationToken.None)));

        queued.Sum().ShouldBeLessThanOrEqualTo(1);
        await Eventually.TrueAsync(
            async () => (await EndedAsync(tenant, id)).NextRunAt > DateTimeOffset.UtcNow.AddHours(20) && Volatile.Read(ref visits) == 2,
            "it is read a second time");
    }

    [Fact]
    public async Task Make_each_page_a_source_of_its_own()
    {
        await using var site = await StartSiteAsync(context => $"<main><p>Page {context.Request.Path}.</p></main>");
        await using var node = await NodeAsync(site);
        var tenant = await TestTenant.CreateAsync(api, node);

        await tenant.FinishedAsync(
            await tenant.Developer.PostAsJsonAsync(
                "/api/knowledge/pages",
                new { url = $"{Address(site)}one", title = "One", tags = new[] { "a" } }));
        await tenant.FinishedAsync(
            await tenant.Developer.PostAsJsonAsync("/api/knowledge/pages", new { url = $"{Address(site)}two?utm_source=mail" }));
        await tenant.FinishedAsync(
            await tenant.Developer.PostAsJsonAsync(
                "/api/knowledge/pages",
                new { url = $"{Address(site)}one", title = "Number one", tags = new[] { "b" } }));

        var sources = (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources?kind=page"))!;
        sources.Total.ShouldBe(2);
        sources.Sources.Select(source => new Uri(source.Url).PathAndQuery).ShouldBe(["/one", "/two"]);
        sources.Sources[0].Crawl!.Title.ShouldBe("Number one");
        var document = (await DocumentsAsync(tenant, "?tag=b")).ShouldHaveSingleItem();
        (document.Title, document.Tags.Single()).ShouldBe(("Number one", "b"));
        await (await tenant.Developer.PostAsync($"/api/knowledge/sources/{Guid.NewGuid()}/crawl", null)).ShouldBeProblemAsync(
            HttpStatusCode.NotFound,
            "There is no such source.");
    }

    [Fact]
    public async Task Keep_named_imports_apart_and_change_their_tags_on_all_documents()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ImportAsync(new { id = "a", title = "Default", text = "Default words." });
        await ImportAsync(tenant, "Shop", """{"id": "a", "title": "Shop", "text": "Shop words.", "tags": ["own"]}""");
        var sources = (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Sources;
        sources.Select(source => source.Name).ShouldBe(["", "Shop"]);
        var shop = sources[1].Id;

        (await ChangeAsync(tenant, shop, new { tags = new[] { "x", "own" }, name = "Store" })).Name.ShouldBe("Store");
        (await DocumentsAsync(tenant, $"?source={shop}")).Single().Tags.ShouldBe(["own", "x"], ignoreOrder: true);
        await ImportAsync(tenant, "Store", """{"id": "b", "title": "B", "text": "More."}""");
        (await DocumentsAsync(tenant, "?query=B")).Single(document => document.ExternalId == "b").Tags.ShouldBe(
            ["x", "own"],
            ignoreOrder: true);

        await (await tenant.Developer.PatchAsJsonAsync($"/api/knowledge/sources/{shop}", new { schedule = "daily" })).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: "schedule");
        await (await tenant.Developer.PostAsync($"/api/knowledge/sources/{shop}/crawl", null)).ShouldBeProblemAsync(
            HttpStatusCode.Conflict,
            "Only pages and sites can be crawled again. Send the documents of other sources again.");
        await (await tenant.Developer.PostAsync($"/api/knowledge/sources/{shop}/retry", null)).ShouldBeProblemAsync(
            HttpStatusCode.Conflict,
            "No document of this source has failed, so there is nothing to retry.");
    }

    [Fact]
    public async Task Report_what_failed_and_retry_it()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var form = new MultipartFormDataContent
        {
            { new ByteArrayContent([.. "%PDF-1.7\n"u8, 1, 2, 3]), "file", "broken.pdf" },
            { new StringContent("Files"), "source" },
        };
        (await tenant.FinishedAsync(await tenant.Developer.PostAsync("/api/knowledge/uploads", form))).Status.ShouldBe(
            JobStatusName.Failed);
        var source = (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources?kind=upload"))!.Sources.Single();
        (source.Name, source.Status, source.Failed, source.Documents).ShouldBe(("Files", SourceStatusName.Failed, 1, 0));
        source.LastError.ShouldNotBeNull().ShouldContain("PDF");

        var again = await tenant.FinishedAsync(await tenant.Developer.PostAsync($"/api/knowledge/sources/{source.Id}/retry", null));
        again.Failed.ShouldHaveSingleItem().Id.ShouldBe("broken.pdf");
        (await EndedAsync(tenant, source.Id)).Failed.ShouldBe(1);

        var good = new MultipartFormDataContent
        {
            { new StringContent("Readable words."), "file", "broken.txt" },
            { new StringContent("broken.pdf"), "id" },
            { new StringContent("Files"), "source" },
        };
        await tenant.FinishedAsync(await tenant.Developer.PostAsync("/api/knowledge/uploads", good));
        (await EndedAsync(tenant, source.Id)).ShouldSatisfyAllConditions(
            now => now.Failed.ShouldBe(0),
            now => now.LastError.ShouldBeNull(),
            now => now.Documents.ShouldBe(1));
    }

    [Fact]
    public async Task Delete_a_large_source_with_all_its_documents()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.ImportAsync(new { id = "keep", title = "Keep", text = "Swordfish stay." });
        await ImportAsync(
            tenant,
            "Old",
            string.Join(
                '\n',
                Enumerable.Range(0, 350)
                    .Select(i => $$"""{"id": "d{{i}}", "title": "Old {{i}}", "text": "Obsolete words number {{i}}."}""")));
        var old = (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Sources.Single(
            source => source.Name == "Old");
        (old.Documents, old.Passages).ShouldBe((350, 350L));

        (await tenant.Developer.DeleteAsync($"/api/knowledge/sources/{old.Id}")).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await GoneAsync(tenant, old.Id);
        (await DocumentsAsync(tenant, "")).ShouldHaveSingleItem().ExternalId.ShouldBe("keep");
        await using var left = api.Database.OwnerSource.CreateCommand(
            """
            select (select count(*) from chunks where tenant_id = $1), (select count(*) from chunk_embeddings where tenant_id = $1),
                   (select chunk_count from knowledge_statistics where tenant_id = $1), (select count(*) from lexicon where tenant_id = $1),
                   (select count(distinct lexical_dimension(lexeme)) from chunks, unnest(lexemes) where tenant_id = $1)
            """);
        left.Parameters.Add(new() { Value = tenant.Created.TenantId });
        await using var row = await left.ExecuteReaderAsync();
        await row.ReadAsync();
        (row.GetInt64(0), row.GetInt64(1), row.GetInt32(2)).ShouldBe((1L, 1L, 1));
        row.GetInt64(3).ShouldBe(row.GetInt64(4));
    }

    [Fact]
    public async Task Stop_the_jobs_of_a_deleted_source()
    {
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var site = await StartSiteAsync(
            _ => "<main><p>Slow words.</p></main>",
            async context =>
            {
                if (context.Request.Path == "/robots.txt") return;
                asked.TrySetResult();
                await go.Task;
            });
        await using var node = await NodeAsync(site);
        var tenant = await TestTenant.CreateAsync(api, node);
        var created = await tenant.Developer.PostAsJsonAsync("/api/knowledge/sources", new { kind = "site", url = Address(site) });
        var id = (await created.Content.ReadFromJsonAsync<SourceDetail>())!.Id;
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));

        (await tenant.Developer.DeleteAsync($"/api/knowledge/sources/{id}")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        go.SetResult();

        await GoneAsync(tenant, id);
        (await DocumentsAsync(tenant, "")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"kind": "site"}""", "url")]
    [InlineData("""{"url": "https://a.example"}""", "kind")]
    [InlineData("""{"kind": "feed", "url": "https://a.example"}""", null)]
    [InlineData("""{"kind": "page", "url": "ftp://a.example"}""", "url")]
    [InlineData("""{"kind": "import"}""", "name")]
    [InlineData("""{"kind": "import", "name": "x", "url": "https://a.example"}""", "url")]
    [InlineData("""{"kind": "import", "name": "x", "schedule": "daily"}""", "schedule")]
    [InlineData("""{"kind": "answers", "name": "x"}""", "kind")]
    [InlineData("""{"kind": "site", "url": "https://a.example", "include": ["blog/*"]}""", "include")]
    [InlineData("""{"kind": "site", "url": "https://a.example", "maxPages": 0}""", "maxPages")]
    [InlineData("""{"kind": "site", "url": "https://a.example", "tags": [""]}""", "tags")]
    [InlineData("""{"kind": "page", "url": "https://a.example", "language": "english"}""", "language")]
    public async Task Refuse_an_invalid_source(string request, string? field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        await (await tenant.Developer.PostAsync(
            "/api/knowledge/sources",
            new StringContent(request, null, "application/json"))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field: field);
        (await tenant.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Total.ShouldBe(0);
    }

    [Fact]
    public async Task Be_hidden_from_other_tenants()
    {
        var (a, b) = (await TestTenant.WithKnowledgeAsync(api), await TestTenant.CreateAsync(api));
        var source = (await a.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Sources.Single();
        var document = (await DocumentsAsync(a, ""))[0];

        (await b.Developer.GetFromJsonAsync<SourcePage>("/api/knowledge/sources"))!.Total.ShouldBe(0);
        (await DocumentsAsync(b, $"?source={source.Id}")).ShouldBeEmpty();
        await (await a.Developer.GetAsync("/api/knowledge/documents?kind=7")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "The kind must be one of text, answer, image, audio, video, demo.",
            "kind");
        foreach (var request in new HttpRequestMessage[]
        {
            new(HttpMethod.Get, $"/api/knowledge/sources/{source.Id}"),
            new(HttpMethod.Patch, $"/api/knowledge/sources/{source.Id}") { Content = JsonContent.Create(new { name = "mine" }) },
            new(HttpMethod.Delete, $"/api/knowledge/sources/{source.Id}"),
            new(HttpMethod.Post, $"/api/knowledge/sources/{source.Id}/crawl"),
            new(HttpMethod.Post, $"/api/knowledge/sources/{source.Id}/retry"),
            new(HttpMethod.Get, $"/api/knowledge/documents/{document.Id}"),
            new(HttpMethod.Get, $"/api/knowledge/documents/{document.Id}/chunks"),
        })
        {
            await (await b.Developer.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        }

        (await EndedAsync(a, source.Id)).Documents.ShouldBe(3);
    }

    private static string Address(WebApplication site) => site.Urls.Single() + "/";

    private Task<ApiNode> NodeAsync(WebApplication site)
    {
        api.Sites.Add(new Uri(Address(site)).Authority);
        return ApiNode.StartAsync(api.Database, fetching: api.Fetching);
    }

    private static async Task<WebApplication> StartSiteAsync(Func<HttpContext, string?> page, Func<HttpContext, Task>? before = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async context =>
        {
            if (before is not null) await before(context);
            context.Response.ContentType = "text/html; charset=utf-8";
            if (context.Request.Path != "/robots.txt" && page(context) is { } html) await context.Response.WriteAsync(html);
            else context.Response.StatusCode = 404;
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<SourceDetail> EndedAsync(TestTenant tenant, Guid id)
    {
        SourceDetail? source = null;
        await Eventually.TrueAsync(
            async () =>
                (source = await tenant.Developer.GetFromJsonAsync<SourceDetail>($"/api/knowledge/sources/{id}"))!
                    .Status is SourceStatusName.Ready or SourceStatusName.Failed,
            "the source has been read");
        return source!;
    }

    private static Task GoneAsync(TestTenant tenant, Guid id) => Eventually.TrueAsync(
        async () => (await tenant.Developer.GetAsync($"/api/knowledge/sources/{id}")).StatusCode == HttpStatusCode.NotFound,
        "the source is gone");

    private static async Task<SourceDetail> ChangeAsync(TestTenant tenant, Guid id, object change)
    {
        var response = await tenant.Developer.PatchAsJsonAsync($"/api/knowledge/sources/{id}", change);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<SourceDetail>())!;
    }

    private static async Task ImportAsync(TestTenant tenant, string source, string lines) =>
        await tenant.FinishedAsync(
            await tenant.Developer.PostAsync(
                $"/api/knowledge/import?source={source}",
                new StringContent(lines, null, "application/x-ndjson")));

    private static async Task<IReadOnlyList<DocumentSummary>> DocumentsAsync(TestTenant tenant, string query) =>
        (await tenant.Developer.GetFromJsonAsync<DocumentPage>($"/api/knowledge/documents{query}"))!.Documents;
}
