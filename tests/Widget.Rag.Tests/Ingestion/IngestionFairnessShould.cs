using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Pgvector;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Rag.Tests.Fetching;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion;

/// <summary>Strange documents, slow senders, frozen nodes and large tenants must not affect others.</summary>
public sealed class IngestionFairnessShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Not_let_a_frozen_worker_commit_after_its_lease_was_lost()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            Enumerable.Range(0, 3).Select(i => Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
            Ct);
        var frozen = await knowledge.LeaseAsync(tenant, job);

        var report = await knowledge.RunAsync(tenant, job, Ct);
        await Should.ThrowAsync<OperationCanceledException>(() => knowledge.Runner.RunAsync(frozen, TimeSpan.MaxValue, Ct));

        (report.Done, report.Total).ShouldBe((3, 3));
        (await knowledge.Queue.FindAsync(tenant, job, Ct))!.Done.ShouldBe(3);
    }

    [Fact]
    public async Task Not_count_an_attempt_when_the_node_stops()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            Enumerable.Range(0, 64).Select(i => Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
            Ct);

        for (var i = 0; i < 4; i++)
        {
            // Stopped as soon as the batch has been taken.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var running = knowledge.Runner.RunAsync(await knowledge.LeaseAsync(tenant, job), TimeSpan.MaxValue, stop.Token);
            while ((await knowledge.Queue.FindAsync(tenant, job, Ct))!.Status is JobStatus.Queued) await Task.Delay(1, Ct);
            await stop.CancelAsync();
            await running.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        var report = await knowledge.RunAsync(tenant, job, Ct);
        (report.Status, report.Done, report.Failed.Count).ShouldBe((JobStatus.Ready, 64, 0));
    }

    [Fact]
    public async Task Take_turns_between_tenants()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var (large, small) = (await database.AddTenantAsync(), await database.AddTenantAsync());
        var big = await knowledge.Queue.ImportAsync(
            large,
            Enumerable.Range(0, 200).Select(i => Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
            Ct);
        var second = await knowledge.Queue.ImportAsync(large, new[] { Text("e", "Another.") }.ToAsyncEnumerable(), Ct, "another source");
        var little = await knowledge.Queue.ImportAsync(small, new[] { Text("s", "Small.") }.ToAsyncEnumerable(), Ct);

        (await ClaimAsync(database)).ShouldBe(big);
        // The large tenant's second job waits while its first one runs.
        (await ClaimAsync(database)).ShouldBe(little);
        (await ClaimAsync(database)).ShouldBeNull();

        var lease = await knowledge.LeaseAsync(large, big);
        (await knowledge.Runner.RunAsync(lease, TimeSpan.Zero, Ct)).ShouldBeFalse();
        await ReleaseAsync(database, big);
        // A job that has had a time slice comes after one that has had none.
        (await ClaimAsync(database)).ShouldBe(second);
        (await knowledge.RunAsync(large, big, Ct)).Done.ShouldBe(200);
    }

    [Fact]
    public async Task Run_the_jobs_of_a_source_in_order()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var tenant = await database.AddTenantAsync();
        var older = await knowledge.Queue.ImportAsync(
            tenant,
            Enumerable.Range(0, 100).Select(i => Text($"d{i}", "Old.")).ToAsyncEnumerable(),
            Ct);
        var newer = await knowledge.Queue.ImportAsync(tenant, new[] { Text("d99", "New.") }.ToAsyncEnumerable(), Ct);

        (await ClaimAsync(database)).ShouldBe(older);
        (await knowledge.Runner.RunAsync(await knowledge.LeaseAsync(tenant, older), TimeSpan.Zero, Ct)).ShouldBeFalse();
        await ReleaseAsync(database, older);
        // It has had a time slice, but running the newer job first would let its rest overwrite the newer data.
        (await ClaimAsync(database)).ShouldBe(older);
        await knowledge.RunAsync(tenant, older, Ct);
        (await ClaimAsync(database)).ShouldBe(newer);
    }

    [Fact]
    public async Task Limit_the_bytes_in_work()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        // Only spaces: there is nothing to read in them, so this tests only their size.
        var large = new string(' ', 12 << 20);
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            Enumerable.Range(0, 4).Select(i => Text($"d{i}", large)).Append(Text("e", new string(' ', 40 << 20))).ToAsyncEnumerable(),
            Ct);

        var waiting = new List<int>();
        bool ended;
        do
        {
            ended = await knowledge.Runner.RunAsync(await knowledge.LeaseAsync(tenant, job), TimeSpan.Zero, Ct);
            await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
            waiting.Add(await db.Items.CountAsync(item => item.JobId == job && item.State == ItemState.Waiting, Ct));
        }
        while (!ended);

        waiting.ShouldBe([3, 1, 0, 0]);
    }

    [Fact]
    public async Task Not_wait_for_a_slow_import()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(tenant, [("old", "Old", "Old words.")]);
        var rest = new TaskCompletionSource();
        async IAsyncEnumerable<ImportedDocument> Slowly()
        {
            yield return Text("slow", "Slow words.");
            await rest.Task;
        }

        var slow = knowledge.Queue.ImportAsync(tenant, Slowly(), Ct);
        await knowledge.ImportAsync(tenant, [("quick", "Quick", "Quick words.")]).WaitAsync(TimeSpan.FromSeconds(10), Ct);
        var catalog = new KnowledgeCatalog(knowledge.Database);
        var (documents, _) = await catalog.ListAsync(tenant, 0, 10, Ct);
        (
            await catalog.DeleteAsync(tenant, documents.Single(document => document.ExternalId == "old").Id, Ct)
                .WaitAsync(TimeSpan.FromSeconds(10), Ct))
            .ShouldBeTrue();
        rest.SetResult();

        (await knowledge.RunAsync(tenant, await slow, Ct)).Done.ShouldBe(1);
    }

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
            // An HTML page about a Markdown file is a page.
            ["/README.md"] = "<h1>Read me</h1>\n    <div><p>Indented paragraph.</p></div>",
        });
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database, site.Allowed);

        var report = await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddSiteAsync(tenant, site.Address, Discovery.Links, 100, Ct),
            Ct);

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

        var report = await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.AddSiteAsync(tenant, site.Address, Discovery.Links, 100, Ct),
            Ct);

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

    [Fact]
    public async Task Not_count_an_attempt_when_storing_fails()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var tenant = await database.AddTenantAsync();
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            Enumerable.Range(0, 3).Select(i => Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
            Ct);

        await OwnAsync(database, $"revoke insert on documents from {database.ApplicationRights}");
        for (var i = 0; i < 4; i++) await Should.ThrowAsync<Exception>(() => knowledge.RunAsync(tenant, job, Ct));
        await OwnAsync(database, $"grant insert on documents to {database.ApplicationRights}");

        var report = await knowledge.RunAsync(tenant, job, Ct);
        (report.Status, report.Done, report.Failed.Count).ShouldBe((JobStatus.Ready, 3, 0));
    }

    [Fact]
    public async Task Let_a_person_retry_a_failed_document()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var job = await knowledge.Queue.ImportAsync(tenant, new[] { Text("a", "Words.") }.ToAsyncEnumerable(), Ct);
        await using (var db = await knowledge.Database.BeginAsync(tenant, Ct))
        {
            await db.Items.Where(item => item.JobId == job).ExecuteUpdateAsync(
                set => set.SetProperty(item => item.State, ItemState.Working).SetProperty(item => item.Attempts, (short)3),
                Ct);
            await db.CommitAsync(Ct);
        }

        var report = await knowledge.RunAsync(tenant, job, Ct);
        report.Failed.Single().Error.ShouldContain("crashed the importer");

        (await RetryAsync(knowledge, tenant, report.SourceId)).Done.ShouldBe(1);
    }

    [Fact]
    public async Task Keep_its_workers_when_counting_a_fault_fails()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        await OwnAsync(
            database,
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
            create trigger refuse before update of faults on ingestion_jobs for each row execute function refuse()
            """);
        var jobs = new List<(TenantId Tenant, JobId Job)>();
        for (var i = 0; i < 2; i++)
        {
            var tenant = await database.AddTenantAsync();
            jobs.Add((tenant, await knowledge.Queue.ImportAsync(tenant, new[] { Text("a", "Words.") }.ToAsyncEnumerable(), Ct)));
        }

        var faults = new FaultCounter(2);
        using var signal = new WakeUpSignal<IngestionWorker>(2);
        using var worker = new IngestionWorker(database.ApplicationSource, knowledge.Runner, signal, TimeProvider.System, faults);
        await worker.StartAsync(Ct);
        await faults.Reached.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        await OwnAsync(database, "drop trigger refuse on ingestion_jobs");
        await OwnAsync(database, "update ingestion_jobs set lease_until = now()");

        var patience = TimeProvider.System.GetTimestamp();
        foreach (var (tenant, job) in jobs)
        {
            while ((await knowledge.Queue.FindAsync(tenant, job, Ct))!.FinishedAt is null)
            {
                TimeProvider.System.GetElapsedTime(patience).ShouldBeLessThan(TimeSpan.FromSeconds(20));
                await Task.Delay(20, Ct);
            }
        }

        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Fail_a_job_after_repeated_internal_errors()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var job = await knowledge.Queue.ImportAsync(tenant, new[] { Text("a", "Words.") }.ToAsyncEnumerable(), Ct);

        for (var i = 0; i < 10; i++) await knowledge.Runner.CountFaultAsync(await knowledge.LeaseAsync(tenant, job), Ct);

        var report = (await knowledge.Queue.FindAsync(tenant, job, Ct))!;
        report.Status.ShouldBe(JobStatus.Failed);
        report.Error.ShouldNotBeNull().ShouldContain("internal error");
        report.Failed.ShouldHaveSingleItem().Error.ShouldBe(report.Error);
        (await RetryAsync(knowledge, tenant, report.SourceId)).Done.ShouldBe(1);
    }

    private static async Task<JobReport> RetryAsync(Knowledge knowledge, TenantId tenant, SourceId source)
    {
        var again = await new SourceCatalog(knowledge.Database, knowledge.Queue, TimeProvider.System).RetryAsync(tenant, source, Ct);
        return await knowledge.RunAsync(tenant, again.Job.ShouldNotBeNull(), Ct);
    }

    private static ImportedDocument Text(string id, string text) =>
        new(id, new DocumentDescription { MediaType = MediaTypes.Text }, Encoding.UTF8.GetBytes(text));

    private static async Task<JobId?> ClaimAsync(TestDatabase database)
    {
        await using var command = database.ApplicationSource.CreateCommand(
            "select job_id from claim_ingestion_job(gen_random_uuid(), interval '1 minute')");
        return await command.ExecuteScalarAsync(Ct) is Guid job ? new JobId(job) : null;
    }

    private static async Task OwnAsync(TestDatabase database, string statement)
    {
        await using var command = database.OwnerSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task ReleaseAsync(TestDatabase database, JobId job)
    {
        await using var command = database.OwnerSource.CreateCommand("update ingestion_jobs set lease_until = now() where id = $1");
        command.Parameters.Add(new() { Value = job.Value });
        await command.ExecuteNonQueryAsync(Ct);
    }

    // Counts the faults that a worker's loop has logged and survived.
    private sealed class FaultCounter(int wanted) : ILogger<IngestionWorker>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _met;

        public Task Reached => _reached.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (exception is DbUpdateException && Interlocked.Increment(ref _met) == wanted) _reached.SetResult();
        }
    }
}
