using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Rag.Tests.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion;

public sealed class IngestionShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Make_imported_texts_searchable_and_report_failures()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            new[]
            {
                Knowledge.Text("a", "Charging takes four hours."),
                new ImportedDocument("b", new DocumentDescription(), [], "The id is no good."),
                Knowledge.Text("c", "   "),
            }.ToAsyncEnumerable(),
            Ct);

        (await knowledge.Queue.FindAsync(tenant, job, Ct))!.Status.ShouldBe(JobStatus.Queued);
        var report = await knowledge.RunAsync(tenant, job, Ct);

        report.Status.ShouldBe(JobStatus.Ready);
        (report.Total, report.Done).ShouldBe((3, 1));
        report.Failed.ShouldBe([new FailedItem("b", "The id is no good."), new FailedItem("c", "This document has no text.")]);
        (await FindAsync(knowledge, tenant, "charging")).Single().Text.ShouldBe("Charging takes four hours.");
    }

    [Fact]
    public async Task Fail_when_no_document_could_be_read()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);

        var job = await knowledge.Queue.UploadAsync(
            tenant,
            new ImportedDocument("x.pdf", new DocumentDescription { MediaType = MediaTypes.Pdf }, "not a pdf"u8.ToArray()),
            Ct);
        var report = await knowledge.RunAsync(tenant, job, Ct);

        report.Status.ShouldBe(JobStatus.Failed);
        report.Error.ShouldNotBeNull().ShouldContain("not a PDF");
    }

    [Fact]
    public async Task Replace_a_document_by_its_id_and_leave_nothing_of_the_old_one()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(tenant, [("a", "Price", "The lamp costs ten euros."), ("b", "Other", "A chair.")]);

        await knowledge.ImportAsync(tenant, [("a", "Price", "The lamp costs twelve dollars.")]);

        (await FindAsync(knowledge, tenant, "lamp")).ShouldHaveSingleItem().Text.ShouldContain("twelve");
        (await FindAsync(knowledge, tenant, "euros")).ShouldAllBe(hit => !hit.Text.Contains("euros"));
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        (await db.Chunks.CountAsync(Ct)).ShouldBe(2);
        (await db.ChunkTerms.CountAsync(Ct)).ShouldBe(2);
        (await db.ChunkEmbeddings.CountAsync(Ct)).ShouldBe(2);
    }

    [Fact]
    public async Task Skip_unchanged_documents()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(tenant, [("a", "A", "First text."), ("b", "B", "Second text.")]);
        var before = await ChunkIdsAsync(knowledge, tenant);

        var report = await knowledge.ImportAsync(tenant, [("a", "A", "First text."), ("b", "B", "Second text, changed.")]);

        report.Done.ShouldBe(2);
        var after = await ChunkIdsAsync(knowledge, tenant);
        after["a"].ShouldBe(before["a"]);
        after["b"].ShouldNotBe(before["b"]);
    }

    [Fact]
    public async Task Keep_the_last_document_with_the_same_id()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);

        var report = await knowledge.ImportAsync(tenant, [("a", "A", "old words"), ("b", "B", "other"), ("a", "A", "new words")]);

        (report.Total, report.Done).ShouldBe((2, 2));
        (await FindAsync(knowledge, tenant, "words")).ShouldHaveSingleItem().Text.ShouldBe("new words");
    }

    [Fact]
    public async Task Replace_a_document_atomically()
    {
        const int Sections = 12;
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        string Version(string marker) => string.Join(
            "\n\n",
            Enumerable.Range(1, Sections).Select(i => $"## Part {i}\n\nlighthouse {marker} number {i} of the coast {Guid.NewGuid()}"));
        await knowledge.ImportAsync(tenant, [("a", "Lighthouses", Version("alpha"))]);

        using var done = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var searching = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                var searches = 0;
                while (!done.IsCancellationRequested)
                {
                    var hits = (
                        await knowledge.Base.SearchAsync(
                            new KnowledgeQuery { TenantId = tenant, Text = "lighthouse", Limit = 100 },
                            Ct)).Hits;
                    hits.Count.ShouldBe(Sections);
                    hits.Select(hit => hit.Text.Split(' ')[1]).Distinct().Count().ShouldBe(1);
                    searches++;
                }

                return searches;
            },
            Ct)));
        for (var i = 0; i < 20; i++) await knowledge.ImportAsync(tenant, [("a", "Lighthouses", Version(i % 2 == 0 ? "beta" : "alpha"))]);
        await done.CancelAsync();

        (await searching).Sum().ShouldBeGreaterThan(30);
    }

    [Fact]
    public async Task Continue_the_job_of_a_dead_node_without_repeating_work()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var documents = Enumerable.Range(0, 300).Select(i => Knowledge.Text($"d{i}", $"Document number {i} about topic{i}.")).ToArray();
        var job = await knowledge.Queue.ImportAsync(tenant, documents.ToAsyncEnumerable(), Ct);

        using (var dies = CancellationTokenSource.CreateLinkedTokenSource(Ct))
        {
            var running = knowledge.Runner.RunAsync(await knowledge.LeaseAsync(tenant, job), TimeSpan.MaxValue, dies.Token);
            while ((await knowledge.Queue.FindAsync(tenant, job, Ct))!.Done < 64) await Task.Delay(5, Ct);
            await dies.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => running);
        }

        var (interrupted, kept) = ((await knowledge.Queue.FindAsync(tenant, job, Ct))!, await ChunkIdsAsync(knowledge, tenant));
        interrupted.Done.ShouldBeInRange(64, 299);
        var report = await knowledge.RunAsync(tenant, job, Ct);

        (report.Status, report.Done, report.Total, report.Failed.Count).ShouldBe((JobStatus.Ready, 300, 300, 0));
        var after = await ChunkIdsAsync(knowledge, tenant);
        after.Count.ShouldBe(300);
        foreach (var (id, chunks) in kept) after[id].ShouldBe(chunks);
    }

    [Fact]
    public async Task Fail_a_document_that_crashes_its_reader_repeatedly()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            new[] { Knowledge.Text("bad", "poison"), Knowledge.Text("good", "fine words") }.ToAsyncEnumerable(),
            Ct);
        await using (var db = await knowledge.Database.BeginAsync(tenant, Ct))
        {
            await db.Items.Where(item => item.ExternalId == "bad").ExecuteUpdateAsync(
                set => set.SetProperty(item => item.State, ItemState.Working).SetProperty(item => item.Attempts, (short)3),
                Ct);
            await db.CommitAsync(Ct);
        }

        var report = await knowledge.RunAsync(tenant, job, Ct);

        report.Done.ShouldBe(1);
        report.Failed.Single().Error.ShouldContain("crashed the importer");
    }

    [Fact]
    public async Task Read_a_site_by_its_links_without_leaving_it()
    {
        var other = 0;
        await using var elsewhere = await TestSite.StartAsync(context =>
        {
            Interlocked.Increment(ref other);
            return Task.CompletedTask;
        });
        await using var site = await TestSite.StartAsync(new Dictionary<string, string>
        {
            ["/"] = "<h1>Start</h1><p>Welcome page.</p><a href='/a'>a</a><a href='/a#part'>a again</a>"
                + $"<a href='{elsewhere.Address}'>away</a>"
                + "<a href='mailto:x@y'>mail</a><a href='/picture.png'>p</a>",
            ["/a"] = "<h1>Alpha</h1><p>Alpha page.</p><a href='/b/'>b</a>",
            ["/b/"] = "<h1>Beta</h1><p>Beta page.</p><a href='/'>home</a><a href='c'>c</a>",
            ["/b/c"] = "<h1>Gamma</h1><p>Gamma page.</p><a href='/gone'>gone</a>",
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.CrawlAsync(tenant, site.Address, ct: Ct);

        report.Done.ShouldBe(4);
        report.Failed.ShouldHaveSingleItem().Error.ShouldContain("no page at");
        other.ShouldBe(0);
        (await FindAsync(knowledge, tenant, "gamma"))[0].Url.ShouldBe(site["/b/c"].AbsoluteUri);
    }

    [Fact]
    public async Task Stop_at_a_sites_page_limit()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.ContentType = "text/html";
            var number = context.Request.Path.Value!.Trim('/');
            return context.Response.WriteAsync(
                $"<p>Page {number}</p>" + string.Concat(Enumerable.Range(0, 10).Select(i => $"<a href='/{number}{i}'>x</a>")));
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.CrawlAsync(tenant, site["/1"], pages: 25, ct: Ct);

        (report.Total, report.Done).ShouldBe((25, 25));
    }

    [Fact]
    public async Task Read_a_site_by_its_site_map()
    {
        await using var site = await TestSite.StartAsync(new Dictionary<string, string>
        {
            ["/sitemap.xml"] = "<urlset><url><loc>{site}/x</loc></url><url><loc>{site}/y</loc></url></urlset>",
            ["/x"] = "<p>Xylophones.</p>",
            ["/y"] = "<p>Yachts.</p>",
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.CrawlAsync(tenant, site["/sitemap.xml"], Discovery.SiteMap, ct: Ct);

        (report.Status, report.Done, report.Total).ShouldBe((JobStatus.Ready, 2, 2));
        (await FindAsync(knowledge, tenant, "yachts"))[0].Url.ShouldBe(site["/y"].AbsoluteUri);
    }

    [Fact]
    public async Task Report_a_missing_site_map()
    {
        await using var site = await TestSite.StartAsync(new Dictionary<string, string>());
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.CrawlAsync(tenant, site["/sitemap.xml"], Discovery.SiteMap, ct: Ct);

        report.Status.ShouldBe(JobStatus.Failed);
        report.Error.ShouldNotBeNull().ShouldContain("There is no page at");
    }

    [Fact]
    public async Task Report_endless_redirects()
    {
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.CrawlAsync(tenant, site.Address, ct: Ct);

        report.Status.ShouldBe(JobStatus.Failed);
        report.Error.ShouldNotBeNull().ShouldContain("redirects more than 10 times");
    }

    [Fact]
    public async Task Delete_a_document_with_everything_made_from_it()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(tenant, [("a", "A", "Zebras graze."), ("b", "B", "Lions sleep.")]);
        var catalog = new KnowledgeCatalog(knowledge.Database);
        var (documents, total) = await catalog.ListAsync(tenant, 0, 10, Ct);
        total.ShouldBe(2);

        (await catalog.DeleteAsync(tenant, documents.Single(document => document.ExternalId == "a").Id, Ct)).ShouldBeTrue();
        (await catalog.DeleteAsync(tenant, DocumentId.New(), Ct)).ShouldBeFalse();

        (await FindAsync(knowledge, tenant, "zebras")).ShouldAllBe(hit => hit.ExternalId == "b");
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        (await db.Statistics.SingleAsync(Ct)).ChunkCount.ShouldBe(1);
        (await db.Lexicon.SumAsync(entry => entry.ChunkCount, Ct)).ShouldBe(await DistinctTermsAsync(db));
    }

    private static async Task<int> DistinctTermsAsync(TenantDb db)
    {
        await using var command = db.Command("select sum(length(lexemes))::int from chunks");
        return (int)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static async Task<IReadOnlyList<Hit>> FindAsync(Knowledge knowledge, TenantId tenant, string text)
    {
        var result = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = text, Limit = 100 }, Ct);
        // In a small knowledge base, a search ranks all passages. Only those that share a word with the question count as found.
        return [.. result.Hits.Where(hit => hit.Text.Contains(text.TrimEnd('s'), StringComparison.OrdinalIgnoreCase))];
    }

    private static async Task<Dictionary<string, string>> ChunkIdsAsync(Knowledge knowledge, TenantId tenant)
    {
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var chunks = await db.Chunks.Join(
            db.Documents,
            chunk => chunk.DocumentId,
            document => document.Id,
            (chunk, document) => new { document.ExternalId, chunk.Id })
            .ToListAsync(Ct);
        return chunks.GroupBy(chunk => chunk.ExternalId)
            .ToDictionary(group => group.Key, group => string.Join(',', group.Select(chunk => chunk.Id.Value).Order()));
    }
}
