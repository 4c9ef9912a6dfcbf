using Microsoft.EntityFrameworkCore;
using Pgvector;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Rag.Tests.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion;

/// <summary>What a job stores fits together, however strange its documents are.</summary>
public sealed class StoredKnowledgeShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_all_weights_when_a_job_is_done()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(tenant, [.. Enumerable.Range(0, 700).Select(i => ($"s{i}", "Short", $"Few words {i}."))]);
        await knowledge.ImportAsync(
            tenant,
            [
                .. Enumerable.Range(0, 300)
                    .Select(i => ($"l{i}", "Long", string.Join(' ', Enumerable.Range(0, 120).Select(w => $"word{i + w}")))),
            ]);

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var statistics = await db.Statistics.AsNoTracking().SingleAsync(Ct);
        var average = statistics.TotalLength / (double)statistics.ChunkCount;
        await using var command = db.Command(
            """
            select chunk.id, term.weights,
                   array(select lexeme from unnest(chunk.lexemes)),
                   array(select lexical_dimension(lexeme) from unnest(chunk.lexemes)),
                   array(select cardinality(weights) + 2 * cardinality(array_positions(weights, 'A')) from unnest(chunk.lexemes))
            from chunk_terms term join chunks chunk on chunk.id = term.chunk_id
            """);
        await using var rows = await command.ExecuteReaderAsync(Ct);
        var passages = 0;
        while (await rows.ReadAsync(Ct))
        {
            var terms = new PassageTerms(
                rows.GetGuid(0),
                rows.GetFieldValue<string[]>(2),
                rows.GetFieldValue<int[]>(3),
                rows.GetFieldValue<int[]>(4));
            var (stored, exact) = (rows.GetFieldValue<SparseVector>(1), terms.Weights(average));
            stored.Indices.ToArray().ShouldBe(exact.Indices.ToArray());
            stored.Values.ToArray().Zip(exact.Values.ToArray()).ShouldAllBe(pair => Math.Abs((pair.First / pair.Second) - 1) < 0.001);
            passages++;
        }

        passages.ShouldBe(1_000);
    }

    [Fact]
    public async Task Remove_languages_and_words_with_their_documents()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(
            tenant,
            [
                ("en", "Bikes", "The bikes are built for people who live by the water."),
                ("de", "Räder", "Die Räder werden für Menschen gebaut, die am Wasser wohnen."),
            ]);
        var catalog = new KnowledgeCatalog(knowledge.Database);
        var (documents, _) = await catalog.ListAsync(tenant, 0, 10, Ct);

        await catalog.DeleteAsync(tenant, documents.Single(document => document.Language == "de").Id, Ct);

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        (await db.Statistics.SingleAsync(Ct)).Languages.ShouldBe(["en"]);
        (await db.Lexicon.CountAsync(entry => entry.ChunkCount <= 0, Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Read_a_page_with_an_endless_link()
    {
        await using var site = await TestSite.StartAsync(new Dictionary<string, string>
        {
            ["/"] = $"<p>Start page.</p><a href='/login?return={new string('x', 4_000)}'>log in</a><a href='/README.md'>read</a>",
            // HTML at the address of a Markdown file is read as a page.
            ["/README.md"] = "<h1>Read me</h1>\n    <div><p>Indented paragraph.</p></div>",
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.CrawlAsync(tenant, site.Address, ct: Ct);

        (report.Status, report.Done, report.Total).ShouldBe((JobStatus.Ready, 2, 2));
        var hits = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = "indented paragraph" }, Ct);
        hits.Hits[0].Text.ShouldBe("Indented paragraph.");
    }

    [Fact]
    public async Task Report_a_start_page_that_redirects_to_another_site()
    {
        await using var other = await TestSite.StartAsync(new Dictionary<string, string> { ["/"] = "<p>Moved here.</p>" });
        await using var site = await TestSite.StartAsync(context =>
        {
            context.Response.Redirect(other.Address.AbsoluteUri);
            return Task.CompletedTask;
        });
        var tenant = await _database.AddTenantAsync();
        var both = site.Allowed with { AllowedPrivateHosts = new HashSet<string> { site.Address.Authority, other.Address.Authority } };
        using var knowledge = new Knowledge(_database, both);

        var report = await knowledge.CrawlAsync(tenant, site.Address, ct: Ct);

        report.Status.ShouldBe(JobStatus.Failed);
        report.Error.ShouldNotBeNull().ShouldContain($"redirects to another site, {other.Address}");
    }

    [Fact]
    public async Task Cut_texts_between_characters()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);

        var report = await knowledge.ImportAsync(tenant, [("a", new string('t', 499) + "😀", "Words."), ("b", "B", "Other words.")]);
        var found = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = new string('q', 1_999) + "😀" }, Ct);

        report.Done.ShouldBe(2);
        found.Hits.ShouldNotBeEmpty();
    }
}
