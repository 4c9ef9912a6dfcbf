using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Reading.Extraction;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion;

/// <summary>Frozen nodes, stops and internal errors lose no document and count no attempt twice.</summary>
public sealed class IngestionFaultsShould(DatabaseFixture fixture)
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
            Enumerable.Range(0, 3).Select(i => Knowledge.Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
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
        using var reader = new StuckReader();
        using var stopping = new Knowledge(_database, reader: reader);
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            Enumerable.Range(0, 64).Select(i => Knowledge.Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
            Ct);

        for (var i = 0; i < 4; i++)
        {
            // Stopped while the batch is being read.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var running = stopping.Runner.RunAsync(await stopping.LeaseAsync(tenant, job), TimeSpan.MaxValue, stop.Token);
            (await reader.Entered.WaitAsync(TimeSpan.FromSeconds(60), Ct)).ShouldBeTrue();
            await stop.CancelAsync();
            await running.ContinueWith(_ => { }, TaskScheduler.Default);
            while (await reader.Entered.WaitAsync(0, Ct))
            {
                // Several documents were being read.
            }
        }

        var report = await knowledge.RunAsync(tenant, job, Ct);
        (report.Status, report.Done, report.Failed.Count).ShouldBe((JobStatus.Ready, 64, 0));
    }

    [Fact]
    public async Task Not_count_an_attempt_when_storing_fails()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var tenant = await database.AddTenantAsync();
        var job = await knowledge.Queue.ImportAsync(
            tenant,
            Enumerable.Range(0, 3).Select(i => Knowledge.Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
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
        var job = await knowledge.Queue.ImportAsync(tenant, new[] { Knowledge.Text("a", "Words.") }.ToAsyncEnumerable(), Ct);
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
            jobs.Add((tenant, await knowledge.Queue.ImportAsync(tenant, new[] { Knowledge.Text("a", "Words.") }.ToAsyncEnumerable(), Ct)));
        }

        var faults = new FaultCounter(2);
        using var signal = new WakeUpSignal<IngestionWorker>(2);
        using var worker = new IngestionWorker(database.ApplicationSource, knowledge.Runner, signal, TimeProvider.System, faults);
        await worker.StartAsync(Ct);
        await faults.Reached.WaitAsync(TimeSpan.FromSeconds(60), Ct);
        await OwnAsync(database, "drop trigger refuse on ingestion_jobs");
        await OwnAsync(database, "update ingestion_jobs set lease_until = now()");

        foreach (var (tenant, job) in jobs)
            await Eventually.TrueAsync(async () => (await knowledge.Queue.FindAsync(tenant, job, Ct))!.FinishedAt is not null);

        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Fail_a_job_after_repeated_internal_errors()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var job = await knowledge.Queue.ImportAsync(tenant, new[] { Knowledge.Text("a", "Words.") }.ToAsyncEnumerable(), Ct);

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

    private static async Task OwnAsync(TestDatabase database, string statement)
    {
        await using var command = database.OwnerSource.CreateCommand(statement);
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

    // Reads until it is stopped.
    private sealed class StuckReader : IReader, IDisposable
    {
        public SemaphoreSlim Entered { get; } = new(0);

        public bool Reads(string mediaType) => true;

        public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
        {
            Entered.Release();
            await Task.Delay(Timeout.Infinite, ct);
            return new ExtractedDocument(null, null, []);
        }

        public void Dispose() => Entered.Dispose();
    }
}
