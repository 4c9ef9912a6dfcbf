using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Rag.Catalog;
using Widget.Rag.Ingestion;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Testing;
using Database = Widget.Migrations.Database;

namespace Widget.Rag.Tests.Ingestion;

/// <summary>
/// After an upgrade that changes the words of a text, stored passages are found by their old words, and then by the new ones.
/// </summary>
public sealed class LexicalBacklogShould : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Knowledge _knowledge = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _knowledge = new Knowledge(_database);
    }

    public async ValueTask DisposeAsync()
    {
        _knowledge.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Split_the_passages_of_every_tenant_after_an_upgrade()
    {
        var (tenant, empty) = (await _database.AddTenantAsync(), await _database.AddTenantAsync());
        await _knowledge.ImportAsync(
            tenant,
            [
                ("cold", "Storage", "Store the battery at 5 kmh and a discount of 7 %."),
                .. Enumerable.Range(0, 450).Select(i => ($"{i}", $"Page {i}", $"Model {i} costs {i * 3} euros and goes {i + 10} km/h.")),
            ]);
        var expected = await IndexAsync(tenant);
        await ForgetSignsAsync(tenant);
        (await IndexAsync(tenant)).ShouldNotBe(expected);
        await using (var owner = await CrossTenantTransaction.BeginAsync(_database.OwnerSource, Ct))
        {
            await using var rewind = owner.Command(
                """
                drop table lexical_backlogs;
                drop function claim_lexical_backlog;
                alter table crawled_pages drop column held_text, drop column held_visits;
                delete from migrations where "MigrationId" = '0031_notations_and_held_texts';
                """);
            await rewind.ExecuteNonQueryAsync(Ct);
            await owner.CommitAsync(Ct);
        }

        await Database.MigrateAsync(_database.Owner, Ct);
        // Found by the words that have not changed.
        (await FirstAsync(tenant, "discount of 7 %")).ShouldBe("cold");
        (await FirstAsync(tenant, "battery at 5 km/h")).ShouldBe("cold");
        await RunAsync(tenant);

        (await IndexAsync(tenant)).ShouldBe(expected);
        (await FirstAsync(tenant, "battery at 5 km/h")).ShouldBe("cold");
        await using var db = await _knowledge.Database.BeginAsync(empty, Ct);
        (await db.LexicalBacklogs.CountAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Read_demos_again_whose_texts_say_when_to_show_them()
    {
        var tenant = await _database.AddTenantAsync();
        var demo = await new TypedKnowledge(_knowledge.Database, _knowledge.Queue, TimeProvider.System).AddDemoAsync(
            tenant,
            source => new Demo
            {
                TenantId = tenant,
                Id = DemoId.New(),
                SourceId = source,
                Kind = DemoKind.Image,
                Url = "https://shop.example/folded.jpg",
                Title = "Folded",
                Description = "A folded bike.",
                ShowWhen = "Somebody asks about luggage.",
            },
            Ct);
        await RunJobsAsync(tenant);
        await using (var old = await _knowledge.Database.BeginAsync(tenant, Ct))
        {
            await using var command = old.Command(
                """
                with backlog as (
                  insert into lexical_backlogs (tenant_id) values ($1)
                ), former as (
                  update documents set content_hash = '\x00'
                )
                update chunks set text = text || E'\nSomebody asks about luggage.'
                """,
                [tenant.Value]);
            await command.ExecuteNonQueryAsync(Ct);
            await old.CommitAsync(Ct);
        }

        await RunAsync(tenant);
        await RunJobsAsync(tenant);

        await using var db = await _knowledge.Database.BeginAsync(tenant, Ct);
        (await db.Chunks.SingleAsync(Ct)).Text.ShouldBe("A folded bike.");
        (await FirstAsync(tenant, "luggage")).ShouldBe(demo.Id.ToString());
    }

    private async Task RunJobsAsync(TenantId tenant)
    {
        List<JobId> jobs;
        await using (var db = await _knowledge.Database.BeginAsync(tenant, Ct))
            jobs = await db.Jobs.Where(job => job.FinishedAt == null).Select(job => job.Id).ToListAsync(Ct);
        foreach (var job in jobs) await _knowledge.RunAsync(tenant, job, Ct);
    }

    private async Task RunAsync(TenantId tenant)
    {
        var runner = new LexicalBacklogRunner(_knowledge.Database, TimeProvider.System);
        while (await LexicalWorker.ClaimAsync(_database.ApplicationSource, Guid.CreateVersion7(), Ct) is { } lease)
        {
            lease.Tenant.ShouldBe(tenant);
            await runner.RunAsync(lease, Ct);
        }
    }

    private async Task<string> FirstAsync(TenantId tenant, string question) =>
        (await _knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct)).Hits[0].ExternalId;

    // Indexes the passages as a version without signs did.
    private async Task ForgetSignsAsync(TenantId tenant)
    {
        await using var owner = await CrossTenantTransaction.BeginAsync(_database.OwnerSource, Ct);
        await using var command = owner.Command(
            """
            update chunks
            set lexemes = ts_delete(lexemes, array(select lexeme from unnest(lexemes) where lexeme like 'u0%'))
            where tenant_id = $1;
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = tenant.Value });
        await command.ExecuteNonQueryAsync(Ct);
        await using var length = owner.Command(
            """
            with counted as (
              select id,
                     (select coalesce(sum(cardinality(weights) + 2 * cardinality(array_positions(weights, 'A'))), 0)
                      from unnest(lexemes)) as length
              from chunks where tenant_id = $1
            ), shorter as (
              update chunks set length = counted.length from counted where chunks.tenant_id = $1 and chunks.id = counted.id
            ), unknown as (
              delete from lexicon where tenant_id = $1 and lexeme like 'u0%'
            )
            update knowledge_statistics set total_length = (select sum(length) from counted) where tenant_id = $1
            """);
        length.Parameters.Add(new NpgsqlParameter { Value = tenant.Value });
        await length.ExecuteNonQueryAsync(Ct);
        await owner.CommitAsync(Ct);
    }

    // The lexemes of all passages, and the counts of the lexicon.
    private async Task<string> IndexAsync(TenantId tenant)
    {
        await using var db = await _knowledge.Database.BeginAsync(tenant, Ct);
        await using var command = db.Command(
            """
            select (select string_agg(md5(lexemes::text || length), ' ' order by id) from chunks)
              || (select string_agg(lexeme || chunk_count, ' ' order by lexeme) from lexicon where chunk_count > 0)
              || (select total_length || ' ' || chunk_count from knowledge_statistics)
              || (select count(*) from chunk_terms)
            """);
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
