using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Reading;
using Widget.Rag.Reading.Extraction;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion;

/// <summary>The order of time slices, and that long documents do not delay short ones.</summary>
public sealed class IngestionTurnsShould
{
    private const string Slow = "text/x-slow";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_shared_between_tenants_by_time()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        // Cost of a time slice per tenant: one tenant has large documents, another small ones.
        var costs = new Dictionary<TenantId, double>();
        foreach (var cost in new[] { 100.0, 10, 1 })
        {
            var tenant = await database.AddTenantAsync();
            costs.Add(tenant, cost);
            await knowledge.Queue.ImportAsync(tenant, new[] { Text("a", "Words.") }.ToAsyncEnumerable(), Ct);
        }

        var used = costs.Keys.ToDictionary(tenant => tenant, _ => 0.0);
        for (var turn = 0; turn < 600; turn++)
        {
            var tenant = (await ClaimAsync(database)).ShouldNotBeNull();
            used[tenant] += costs[tenant];
            await EndTurnAsync(database, tenant, costs[tenant]);
        }

        // No tenant is ahead by much more than one of the most expensive time slices. With 600 time slices of equal count, one tenant would
        // get 20,000 and another 200.
        (used.Values.Max() - used.Values.Min()).ShouldBeLessThanOrEqualTo(130);
    }

    [Fact]
    public async Task Forget_old_usage()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var command = database.OwnerSource.CreateCommand(
            "select recent_ingestion_seconds(100, now()), recent_ingestion_seconds(100, now() - interval '10 minutes'), "
                + "recent_ingestion_seconds(100, now() - interval '9 years')");
        await using var row = await command.ExecuteReaderAsync(Ct);
        await row.ReadAsync(Ct);

        (row.GetDouble(0), row.GetDouble(1)).ShouldBe((100, 50));
        row.GetDouble(2).ShouldBeLessThan(0.001);
    }

    [Fact]
    public async Task Be_charged_by_the_time_they_took()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var gate = new SlowReader();
        using var knowledge = new Knowledge(database, reader: gate, options: Quick);
        using var signal = new WakeUpSignal<IngestionWorker>(2);
        using var worker = QuickWorker(database, knowledge, signal);
        var tenant = await database.AddTenantAsync();
        var job = await knowledge.Queue.ImportAsync(tenant, new[] { Text("slow", "Slow words.", Slow) }.ToAsyncEnumerable(), Ct);
        await worker.StartAsync(Ct);
        await gate.Entered(2);
        gate.Open();
        await FinishedAsync(knowledge, tenant, job);
        await worker.StopAsync(Ct);

        await using var command = database.OwnerSource.CreateCommand("select seconds from ingestion_usage");
        // At least the attempt in the quick lane, which was stopped.
        ((double)(await command.ExecuteScalarAsync(Ct))!).ShouldBeGreaterThan(Quick.QuickTime.TotalSeconds * 0.9);
    }

    [Fact]
    public async Task Go_to_small_documents_while_long_ones_are_read()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var gate = new SlowReader();
        using var knowledge = new Knowledge(database, reader: gate, options: Quick);
        using var signal = new WakeUpSignal<IngestionWorker>(2);
        using var worker = QuickWorker(database, knowledge, signal);
        var large = new List<(TenantId Tenant, JobId Job)>();
        // More than there are slow workers.
        for (var i = 0; i < 5; i++)
        {
            var tenant = await database.AddTenantAsync();
            large.Add(
                (
                    tenant,
                    await knowledge.Queue.ImportAsync(
                        tenant,
                        new[] { Text("slow", "Slow words.", Slow), Text("quick", "Quick words.") }.ToAsyncEnumerable(),
                        Ct)));
        }

        await worker.StartAsync(Ct);
        await gate.Entered(large.Count);
        var third = await database.AddTenantAsync();
        var small = await knowledge.Queue.ImportAsync(third, new[] { Text("a", "Small.") }.ToAsyncEnumerable(), Ct);

        // All long documents are still being read or waiting, and the quick documents of their jobs are done.
        (await FinishedAsync(knowledge, third, small)).Done.ShouldBe(1);
        gate.IsOpen.ShouldBeFalse();
        foreach (var (tenant, job) in large)
        {
            await Eventually.TrueAsync(async () => (await knowledge.Queue.FindAsync(tenant, job, Ct))!.Done == 1);
            (await knowledge.Queue.FindAsync(tenant, job, Ct))!.FinishedAt.ShouldBeNull();
        }

        gate.Open();
        foreach (var (tenant, job) in large)
            (await FinishedAsync(knowledge, tenant, job))
                .ShouldSatisfyAllConditions(done => done.Done.ShouldBe(2), done => done.Failed.ShouldBeEmpty());
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Come_within_seconds_for_a_small_file_beside_two_pdfs_of_ten_thousand_empty_pages()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        using var signal = new WakeUpSignal<IngestionWorker>(2);
        using var worker = new IngestionWorker(
            database.ApplicationSource,
            knowledge.Runner,
            signal,
            TimeProvider.System,
            NullLogger<IngestionWorker>.Instance);
        var pdf = MadePdf.Of(10_000, MadePdf.Empty);
        for (var i = 0; i < 2; i++)
            await knowledge.Queue.UploadAsync(
                await database.AddTenantAsync(),
                new ImportedDocument("empty.pdf", new DocumentDescription { MediaType = MediaTypes.Pdf }, pdf),
                Ct);
        await worker.StartAsync(Ct);
        var tenant = await database.AddTenantAsync();
        var job = await knowledge.Queue.ImportAsync(tenant, new[] { Text("a", "Small.") }.ToAsyncEnumerable(), Ct);
        var watch = Stopwatch.StartNew();

        (await FinishedAsync(knowledge, tenant, job)).Done.ShouldBe(1);

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Report_what_was_not_read()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database, reader: new PdfReader(new IngestionOptions { MaxPages = 1 }));
        var tenant = await database.AddTenantAsync();
        var pdf = MadePdf.Of([MadePdf.Text("First words."), MadePdf.Text("Second words.")]);

        var report = await knowledge.RunAsync(
            tenant,
            await knowledge.Queue.UploadAsync(
                tenant,
                new ImportedDocument("two.pdf", new DocumentDescription { MediaType = MediaTypes.Pdf }, pdf),
                Ct),
            Ct);

        report.Done.ShouldBe(1);
        report.Notices.ShouldHaveSingleItem()
            .ShouldBe(new NoticedItem("two.pdf", "Only the first 1 of its 2 pages were read. Split the file to index all pages."));
        var (documents, _) = await new KnowledgeCatalog(knowledge.Database).ListAsync(tenant, 0, 10, Ct);
        documents.ShouldHaveSingleItem().Notice.ShouldBe(report.Notices[0].Notice);
    }

    [Fact]
    public async Task Respect_the_time_limit_of_a_document()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var gate = new SlowReader();
        // Plus the grace time for readers that stop by themselves.
        using var knowledge = new Knowledge(
            database,
            reader: gate,
            options: new IngestionOptions { DocumentTime = TimeSpan.FromSeconds(-29) });
        var tenant = await database.AddTenantAsync();

        var job = await knowledge.Queue.ImportAsync(tenant, new[] { Text("slow", "Slow words.", Slow) }.ToAsyncEnumerable(), Ct);
        var report = await knowledge.RunAsync(tenant, job, Ct);

        report.Failed.ShouldHaveSingleItem().Error.ShouldContain("Split it into smaller documents.");
    }

    private static IngestionOptions Quick => new() { QuickTime = TimeSpan.FromSeconds(1), Turn = TimeSpan.FromSeconds(1) };

    private static ImportedDocument Text(string id, string text, string mediaType = MediaTypes.Text) =>
        new(id, new DocumentDescription { MediaType = mediaType }, Encoding.UTF8.GetBytes(text));

    private static async Task<TenantId?> ClaimAsync(TestDatabase database)
    {
        await using var command = database.ApplicationSource.CreateCommand(
            "select tenant_id from claim_ingestion_job(gen_random_uuid(), interval '1 minute')");
        return await command.ExecuteScalarAsync(Ct) is Guid tenant ? new TenantId(tenant) : null;
    }

    // Ends it as a worker does, at a different time.
    private static async Task EndTurnAsync(TestDatabase database, TenantId tenant, double seconds)
    {
        await using var command = database.OwnerSource.CreateCommand(
            """
            with charged as (
              insert into ingestion_usage as old (tenant_id, seconds) values ($1, $2)
              on conflict (tenant_id) do update set seconds = recent_ingestion_seconds(old.seconds, old.at) + excluded.seconds, at = now()
            )
            update ingestion_jobs set lease_until = now() where tenant_id = $1
            """);
        command.Parameters.Add(new() { Value = tenant.Value });
        command.Parameters.Add(new() { Value = seconds });
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static IngestionWorker QuickWorker(TestDatabase database, Knowledge knowledge, WakeUpSignal<IngestionWorker> signal) =>
        new(database.ApplicationSource, knowledge.Runner, signal, TimeProvider.System, NullLogger<IngestionWorker>.Instance, Quick);

    private static async Task<JobReport> FinishedAsync(Knowledge knowledge, TenantId tenant, JobId job)
    {
        JobReport? report = null;
        await Eventually.TrueAsync(async () => (report = await knowledge.Queue.FindAsync(tenant, job, Ct))!.FinishedAt is not null);
        return report!;
    }

    // Finishes reading a document only when the test says so.
    private sealed class SlowReader : IReader, IDisposable
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _entered = new(0);

        public bool IsOpen => _open.Task.IsCompleted;

        public void Open() => _open.TrySetResult();

        public async Task Entered(int times)
        {
            for (var i = 0; i < times; i++) (await _entered.WaitAsync(TimeSpan.FromSeconds(60), Ct)).ShouldBeTrue();
        }

        public bool Reads(string mediaType) => mediaType == Slow;

        public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
        {
            _entered.Release();
            await _open.Task.WaitAsync(ct);
            return new ExtractedDocument(null, null, [new Block(BlockKind.Paragraph, Encoding.UTF8.GetString(document.Content.Span))]);
        }

        public void Dispose() => _entered.Dispose();
    }
}
