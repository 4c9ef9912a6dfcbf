using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Fetching;
using Widget.Rag.Ingestion;
using Widget.Rag.Ingestion.Crawling;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;

namespace Widget.Rag.Tests.Storage;

/// <summary>
/// Measures how much is read of 5,000 documents, and of a job with 5,000 pages, to find a few of them. The application's role reads them:
/// row-level security keeps the planner from using some indexes. The database is the class's own, because the planner's choices depend on
/// what else the tables hold.
/// </summary>
public sealed class IndexedLookupsShould(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const int Length = 5_000;

    private readonly TenantDatabase _database = new(fixture.Database.ApplicationSource, RagServices.Tables);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_removed_documents_of_citations()
    {
        var (tenant, _, _) = await LargeSiteAsync();
        await using var db = await _database.BeginAsync(tenant, Ct);
        await using var first = db.Command("select identity from documents limit 1");
        var stored = (Guid)(await first.ExecuteScalarAsync(Ct))!;
        var data = JsonSerializer.Serialize(
            new { citations = new[] { new { number = 1, document = stored }, new { number = 2, document = Guid.NewGuid() } } });

        await using (var removed = db.Command("select removed_citations($1::jsonb)", [data]))
            ((int[])(await removed.ExecuteScalarAsync(Ct))!).ShouldBe([2]);

        // In pages of 8 kB, from the cache or not; for 100 answers.
        await using var explain = db.Command(
            "explain (analyze, buffers, format json) select removed_citations($1::jsonb) from generate_series(1, 100)",
            [data]);
        using var plan = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(Ct))!);
        var root = plan.RootElement[0].GetProperty("Plan");
        (root.GetProperty("Shared Hit Blocks").GetInt32() + root.GetProperty("Shared Read Blocks").GetInt32()).ShouldBeInRange(100, 1_500);
    }

    [Fact]
    public async Task Count_the_passages_in_a_language_in_an_index()
    {
        var (tenant, _, _) = await LargeSiteAsync();
        await using var db = await _database.BeginAsync(tenant, Ct);
        await using (var off = db.Command("set local enable_seqscan = off; set local enable_bitmapscan = off"))
            await off.ExecuteNonQueryAsync(Ct);
        await using var explain = db.Command(
            "explain select sum(chunk_count) from documents where tenant_id = $1 and language = any($2)",
            [tenant.Value, new[] { "de" }]);

        var plan = new List<string>();
        await using (var rows = await explain.ExecuteReaderAsync(Ct))
            while (await rows.ReadAsync(Ct)) plan.Add(rows.GetString(0));

        plan.ShouldContain(line => line.Contains("Index Only Scan", StringComparison.Ordinal), string.Join('\n', plan));
        plan.ShouldContain(
            line => line.Contains("Index Cond", StringComparison.Ordinal) && line.Contains("language", StringComparison.Ordinal),
            string.Join('\n', plan));
    }

    [Fact]
    public async Task Find_pages_of_a_job_by_name_and_by_address()
    {
        var (tenant, _, id) = await LargeSiteAsync();
        await using var db = await _database.BeginAsync(tenant, Ct);
        var before = await RowsReadAsync(db, "ingestion_items");

        var pages = await CanonicalPages.PagesAsync(db, id, [Page(7), $"{Page(8)}?found", Page(Length + 1)], Ct);
        pages.Keys.ShouldBe([Page(7), $"{Page(7)}?found", Page(8), $"{Page(8)}?found"], ignoreOrder: true);
        pages[$"{Page(8)}?found"].Target.ShouldBe(Page(8));
        (await CanonicalPages.PagesAsync(db, id, [Page(10)], Ct))[Page(10)].Target.ShouldBe(Page(11));
        (await CanonicalPages.SetAsideAsync(db, id, [Page(11), Page(12)], Ct)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            page => page.Page.ShouldBe(Page(10)),
            page => page.Canonical.ShouldBe(Page(11)),
            page => page.Sample.ShouldBe([1L, 2L]));

        (await RowsReadAsync(db, "ingestion_items") - before).ShouldBeInRange(1, 50);
    }

    [Fact]
    public async Task Add_only_pages_that_a_job_does_not_have()
    {
        var (tenant, _, id) = await LargeSiteAsync();
        await using var db = await _database.BeginAsync(tenant, Ct);
        var job = await db.Set<IngestionJob>().SingleAsync(row => row.Id == id, Ct);
        ListedPage[] pages = [new(new Uri(Page(7))), new(new Uri($"{Page(8)}?found")), new(new Uri(Page(Length + 1)))];
        var before = await RowsReadAsync(db, "ingestion_items");

        await JobCreation.AddPagesAsync(db, job, pages, new DocumentDescription(), depth: 1, Ct);

        (await RowsReadAsync(db, "ingestion_items") - before).ShouldBeInRange(1, 50);
        (await db.Set<IngestionItem>().CountAsync(row => row.JobId == id, Ct)).ShouldBe(Length + 1);
        (await db.Set<IngestionItem>().CountAsync(row => row.JobId == id && row.ExternalId == Page(Length + 1), Ct)).ShouldBe(1);
    }

    [Fact]
    public async Task Choose_a_few_other_pages_of_a_site_at_random()
    {
        var (tenant, site, _) = await LargeSiteAsync();
        await using var db = await _database.BeginAsync(tenant, Ct);
        var source = await db.Sources.SingleAsync(row => row.Id == site, Ct);
        var before = await RowsReadAsync(db, "documents");
        var chosen = new HashSet<string>();
        for (var i = 0; i < 10; i++)
        {
            var pages = await StoredTexts.OtherPagesAsync(db, source, [Page(2)], 5, Ct);
            pages.Count.ShouldBe(5);
            pages[0].ShouldBe(source.Url);
            pages.ShouldBeUnique();
            pages.ShouldNotContain(Page(2));
            chosen.UnionWith(pages);
        }

        chosen.Count.ShouldBeGreaterThan(20);
        // Each time, up to five from a random place on, and as many from the first one on.
        (await RowsReadAsync(db, "documents") - before).ShouldBeInRange(50, 150);
    }

    [Fact]
    public async Task Choose_all_other_pages_of_a_small_site()
    {
        var (tenant, site, _) = await LargeSiteAsync();
        await using var db = await _database.BeginAsync(tenant, Ct);
        var source = await db.Sources.SingleAsync(row => row.Id == site, Ct);
        string[] except = [.. Enumerable.Range(1, Length - 4).Select(Page)];

        var pages = await StoredTexts.OtherPagesAsync(db, source, except, 10, Ct);

        pages.ShouldBe([.. Enumerable.Range(Length - 3, 4).Select(Page)], ignoreOrder: true);
    }

    private static string Page(int number) => $"https://site.example/page/{number}";

    // So far in this transaction, and in earlier ones of its connection that are not in the server's statistics yet.
    private static async Task<long> RowsReadAsync(TenantDb db, string table)
    {
        await using var command = db.Command(
            "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = $1",
            [table]);
        return (long)(await command.ExecuteScalarAsync(Ct) ?? 0L);
    }

    // A site in two languages, and a job that reads it. Every tenth page is set aside for the next one. The first page is the start page.
    private async Task<(TenantId Tenant, SourceId Site, JobId Job)> LargeSiteAsync()
    {
        var tenant = await fixture.Database.AddTenantAsync();
        var (site, job) = (SourceId.New(), JobId.New());
        await using var batch = fixture.Database.OwnerSource.CreateBatch();
        string[] statements =
        [
            "insert into sources (tenant_id, id, kind, url) values ($1, $2, 'site', 'https://site.example/page/1')",
            """
            insert into documents (tenant_id, id, source_id, external_id, title, language, tags, content_hash, chunk_count)
            select $1, gen_random_uuid(), $2, 'https://site.example/page/' || n, 'Page ' || n,
                   case when n % 2 = 0 then 'de' else 'en' end, '{}', '', 3
            from generate_series(1, $4) n
            """,
            "insert into ingestion_jobs (tenant_id, id, source_id, discovery, page_limit, total) values ($1, $3, $2, 'links', 2 * $4, $4)",
            """
            insert into ingestion_items (tenant_id, job_id, external_id, state, document, text_sample)
            select $1, $3, page, 'ready',
                   jsonb_build_object('url', page || '?found')
                     || case when n % 10 = 0 then jsonb_build_object('asideFor', 'https://site.example/page/' || n + 1) else '{}' end,
                   case when n % 10 = 0 then '{1, 2}'::bigint[] end
            from generate_series(1, $4) n
            cross join lateral (select 'https://site.example/page/' || n) named (page)
            """,
        ];
        foreach (var statement in statements)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = statement;
            foreach (object value in new object[] { tenant.Value, site.Value, job.Value, Length })
                command.Parameters.Add(new() { Value = value });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(Ct);
        await using var analyze = fixture.Database.OwnerSource.CreateCommand("analyze documents; analyze ingestion_items");
        await analyze.ExecuteNonQueryAsync(Ct);
        return (tenant, site, job);
    }
}
