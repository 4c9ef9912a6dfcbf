using Microsoft.EntityFrameworkCore;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Ingestion;

/// <summary>Large tenants, slow senders and many jobs must not affect others.</summary>
public sealed class IngestionFairnessShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Take_turns_between_tenants()
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database);
        var (large, small) = (await database.AddTenantAsync(), await database.AddTenantAsync());
        var big = await knowledge.Queue.ImportAsync(
            large,
            Enumerable.Range(0, 200).Select(i => Knowledge.Text($"d{i}", $"Document {i}.")).ToAsyncEnumerable(),
            Ct);
        var another = new[] { Knowledge.Text("e", "Another.") }.ToAsyncEnumerable();
        var second = await knowledge.Queue.ImportAsync(large, another, Ct, "another source");
        var little = await knowledge.Queue.ImportAsync(small, new[] { Knowledge.Text("s", "Small.") }.ToAsyncEnumerable(), Ct);

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
            Enumerable.Range(0, 100).Select(i => Knowledge.Text($"d{i}", "Old.")).ToAsyncEnumerable(),
            Ct);
        var newer = await knowledge.Queue.ImportAsync(tenant, new[] { Knowledge.Text("d99", "New.") }.ToAsyncEnumerable(), Ct);

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
            Enumerable.Range(0, 4).Select(i => Knowledge.Text($"d{i}", large))
                .Append(Knowledge.Text("e", new string(' ', 40 << 20)))
                .ToAsyncEnumerable(),
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
            yield return Knowledge.Text("slow", "Slow words.");
            await rest.Task;
        }

        var slow = knowledge.Queue.ImportAsync(tenant, Slowly(), Ct);
        await knowledge.ImportAsync(tenant, [("quick", "Quick", "Quick words.")]).WaitAsync(TimeSpan.FromSeconds(60), Ct);
        var catalog = new KnowledgeCatalog(knowledge.Database);
        var (documents, _) = await catalog.ListAsync(tenant, 0, 10, Ct);
        (
            await catalog.DeleteAsync(tenant, documents.Single(document => document.ExternalId == "old").Id, Ct)
                .WaitAsync(TimeSpan.FromSeconds(60), Ct))
            .ShouldBeTrue();
        rest.SetResult();

        (await knowledge.RunAsync(tenant, await slow, Ct)).Done.ShouldBe(1);
    }

    private static async Task<JobId?> ClaimAsync(TestDatabase database)
    {
        await using var command = database.ApplicationSource.CreateCommand(
            "select job_id from claim_ingestion_job(gen_random_uuid(), interval '1 minute')");
        return await command.ExecuteScalarAsync(Ct) is Guid job ? new JobId(job) : null;
    }

    private static async Task ReleaseAsync(TestDatabase database, JobId job)
    {
        await using var command = database.OwnerSource.CreateCommand("update ingestion_jobs set lease_until = now() where id = $1");
        command.Parameters.Add(new() { Value = job.Value });
        await command.ExecuteNonQueryAsync(Ct);
    }
}
