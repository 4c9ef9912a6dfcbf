using System.Diagnostics;
using Npgsql;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// Many tenants in one database: what the others cost a small tenant, and what an approximate index gains and loses for the largest. The
/// text is generated: words follow Zipf's law, as in natural language.
/// </summary>
internal static class ScaleBenchmark
{
    private const int Small = 1_000;
    private const int Questions = 200;

    /// <param name="tenants">Number of small tenants with a thousand passages each.</param>
    /// <param name="largest">Number of passages of the large tenant.</param>
    public static async Task RunAsync(int tenants, int largest)
    {
        var questions = new GeneratedText(seed: 2, vocabulary: 4_000).Questions(Questions);
        await using var alone = await TestDatabase.CreateAsync();
        await using var crowd = await TestDatabase.CreateAsync();
        var (aloneTenant, aloneKnowledge) = await FillAsync(alone, Small, seed: 1, vocabulary: 4_000);
        var (tenant, knowledge) = await FillAsync(crowd, Small, seed: 1, vocabulary: 4_000);
        using var disposeAlone = aloneKnowledge;
        using var disposeCrowd = knowledge;

        var watch = Stopwatch.StartNew();
        for (var i = 1; i < tenants; i++) await CopyAsync(crowd, tenant);
        Console.WriteLine($"{tenants:N0} tenants of {Small:N0} passages: the others copied in {watch.Elapsed.TotalSeconds:0} s");
        watch.Restart();
        var (large, largeKnowledge) = await FillAsync(crowd, largest, seed: 3, vocabulary: 30_000);
        using var disposeLarge = largeKnowledge;
        Console.WriteLine(
            $"1 tenant of {largest:N0} passages, ingested in {watch.Elapsed.TotalSeconds:0} s "
                + $"({largest / watch.Elapsed.TotalSeconds:0} a second)");
        await ExecuteAsync(crowd, "vacuum analyze");
        await ExecuteAsync(alone, "vacuum analyze");
        Console.WriteLine(
            $"disk: {await SizeAsync(crowd, "pg_database_size(current_database())"):N0} MB; "
                + $"passages {await SizeAsync(crowd, "pg_total_relation_size('chunks')"):N0}, "
                + $"their terms {await SizeAsync(crowd, "pg_total_relation_size('chunk_terms')"):N0}, "
                + $"their embeddings {await SizeAsync(crowd, "pg_total_relation_size('chunk_embeddings')"):N0}");

        // Interleaved, so that other load on the machine affects both equally. The first round warms up.
        var (aloneTimes, crowdTimes) = (new List<double>(), new List<double>());
        for (var round = 0; round < 3; round++)
        {
            foreach (var question in questions)
            {
                var first = await TimeAsync(aloneKnowledge, aloneTenant, question);
                var second = await TimeAsync(knowledge, tenant, question);
                if (round == 0) continue;
                aloneTimes.Add(first);
                crowdTimes.Add(second);
            }
        }

        var (a50, a95) = Percentiles(aloneTimes);
        var (c50, c95) = Percentiles(crowdTimes);
        Console.WriteLine(
            $"a tenant of {Small:N0}: alone p50 {a50:0.0} ms, p95 {a95:0.0} ms; among {tenants:N0} p50 {c50:0.0} ms, "
                + $"p95 {c95:0.0} ms; ratio of p95 {c95 / a95:0.00}");
        await LargestAsync(crowd, largeKnowledge, large, new GeneratedText(seed: 4, vocabulary: 30_000).Questions(Questions));
    }

    private static async Task LargestAsync(TestDatabase database, Knowledge scanning, TenantId tenant, IReadOnlyList<string> questions)
    {
        var (exactTimes, exact) = await SearchAsync(scanning, tenant, questions);
        await using var owner = NpgsqlDataSource.Create(database.Owner);
        var built = await new VectorIndexes(owner).BuildAsync(minPassages: 20_000, CancellationToken.None);
        foreach (var index in built)
        {
            var name = $"hnsw_{index.Tenant:N}";
            Console.WriteLine(
                $"indexes of {index.Passages:N0} passages: built in {index.Seconds:0} s with 1 GB of memory; "
                    + $"{await SizeAsync(database, $"pg_relation_size('{name}_dense')"):N0} MB dense, "
                    + $"{await SizeAsync(database, $"pg_relation_size('{name}_lexical')"):N0} MB lexical");
        }

        using var indexed = new Knowledge(database);
        await ArmsAsync(indexed, tenant, questions);
        var (times, approximate) = await SearchAsync(indexed, tenant, questions);
        var (e50, e95) = Percentiles(exactTimes);
        var (i50, i95) = Percentiles(times);
        var recall = exact.Zip(approximate, (truth, found) => truth.Count == 0 ? 1 : truth.Intersect(found).Count() / (double)truth.Count)
            .Average();
        Console.WriteLine(
            $"the largest tenant: scanned p50 {e50:0.0} ms, p95 {e95:0.0} ms; indexed p50 {i50:0.0} ms, p95 {i95:0.0} ms; "
                + $"ratio of p50 {i50 / e50:0.00}; recall of its first ten {recall:0.000}");
    }

    // Compares the first ten of each arm's index with those of the scan.
    private static async Task ArmsAsync(Knowledge knowledge, TenantId tenant, IReadOnlyList<string> questions)
    {
        var (lexical, dense) = (new List<double>(), new List<double>());
        foreach (var text in questions)
        {
            await using var db = await knowledge.Database.BeginAsync(tenant, CancellationToken.None);
            await VectorIndexes.SetSearchListSizeAsync(db, CancellationToken.None);
            var question = await Question.ReadAsync(db, text, CancellationToken.None);
            var embedding = HalfVectors.From(HashedEmbedder.Embed(text));
            async Task<List<Guid>> FirstAsync(string sql)
            {
                await using var command = db.Command(
                    $"with arm as ({sql}) select chunk_id from arm where $1::uuid is not null and $2::sparsevec is not null and "
                        + "$4::text is not null and $5::halfvec is not null limit 10",
                    [tenant.Value, QuestionTerm.Vector(question.Terms), 100, HashedEmbedder.Model, embedding]);
                await using var rows = await command.ExecuteReaderAsync();
                var ids = new List<Guid>();
                while (await rows.ReadAsync()) ids.Add(rows.GetGuid(0));
                return ids;
            }

            async Task<double> RecallAsync(string scan, string index)
            {
                var truth = await FirstAsync(scan);
                return truth.Count == 0 ? 1 : (await FirstAsync(index)).Intersect(truth).Count() / (double)truth.Count;
            }

            lexical.Add(
                await RecallAsync(
                    "select chunk_id from chunk_terms where tenant_id = $1 order by weights <#> $2 limit $3",
                    VectorIndexes.Lexical(tenant)));
            dense.Add(
                await RecallAsync(
                    "select chunk_id from chunk_embeddings where tenant_id = $1 and model = $4 order by embedding <#> $5 limit $3",
                    VectorIndexes.Dense(tenant, HashedEmbedder.Model, HashedEmbedder.Dimensions, parameter: 5)));
        }

        Console.WriteLine($"recall of the arms' first ten: lexical {lexical.Average():0.000}, dense {dense.Average():0.000}");
    }

    private static async Task<(List<double> Times, List<IReadOnlyList<ChunkId>> Hits)> SearchAsync(
        Knowledge knowledge,
        TenantId tenant,
        IReadOnlyList<string> questions)
    {
        var (times, hits) = (new List<double>(), new List<IReadOnlyList<ChunkId>>());
        foreach (var question in questions) await TimeAsync(knowledge, tenant, question);
        foreach (var question in questions)
        {
            var start = Stopwatch.GetTimestamp();
            var result = await knowledge.Base.SearchAsync(
                new KnowledgeQuery { TenantId = tenant, Text = question, Limit = 10 },
                CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            hits.Add([.. result.Hits.Select(hit => hit.ChunkId!.Value)]);
        }

        return (times, hits);
    }

    private static async Task<double> TimeAsync(Knowledge knowledge, TenantId tenant, string question)
    {
        var start = Stopwatch.GetTimestamp();
        await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, CancellationToken.None);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<(TenantId Tenant, Knowledge Knowledge)> FillAsync(
        TestDatabase database,
        int passages,
        int seed,
        int vocabulary)
    {
        var knowledge = new Knowledge(database);
        var tenant = await database.AddTenantAsync();
        await knowledge.ImportAsync(tenant, new GeneratedText(seed, vocabulary).Documents(passages));
        return (tenant, knowledge);
    }

    // Copies the rows to a new tenant, as the tables' owner and without constraint checks. New ids are derived from the old ones, so that
    // all tables match.
    private static async Task CopyAsync(TestDatabase database, TenantId template)
    {
        var tenant = await database.AddTenantAsync();
        await using var connection = await database.OwnerSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        string Copied(string id) => $"md5({id}::text || $2::uuid::text)::uuid";
        foreach (var sql in new[]
        {
            "insert into sources (tenant_id, id, kind, url) select $2, id, kind, url from sources where tenant_id = $1",
            "insert into documents (tenant_id, id, source_id, external_id, title, url, language, content_hash, "
                + $"chunk_count) select $2, {Copied("id")}, source_id, external_id, title, url, language, content_hash, "
                + "chunk_count from documents where tenant_id = $1",
            $"insert into chunks (tenant_id, id, document_id, ordinal, text, locator, lexemes, length) select $2, {Copied("id")}, "
                + $"{Copied("document_id")}, ordinal, text, locator, lexemes, length from chunks where tenant_id = $1",
            $"insert into chunk_terms (tenant_id, chunk_id, weights, average_length) select $2, {Copied("chunk_id")}, weights, "
                + "average_length from chunk_terms where tenant_id = $1",
            $"insert into chunk_embeddings (tenant_id, model, chunk_id, embedding) select $2, model, {Copied("chunk_id")}, "
                + "embedding from chunk_embeddings where tenant_id = $1",
            "insert into lexicon (tenant_id, dimension, lexeme, chunk_count) select $2, dimension, lexeme, "
                + "chunk_count from lexicon where tenant_id = $1",
            "insert into knowledge_statistics (tenant_id, model, chunk_count, total_length, weighed_length, settled_length, "
                + "languages) select $2, model, chunk_count, total_length, weighed_length, settled_length, "
                + "languages from knowledge_statistics where tenant_id = $1",
        })
        {
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(sql) { Parameters = { new() { Value = template.Value }, new() { Value = tenant.Value } } });
        }

        await using (var trust = new NpgsqlCommand("set session_replication_role = replica; set synchronous_commit = off", connection))
            await trust.ExecuteNonQueryAsync();
        await batch.ExecuteNonQueryAsync();
        await using var distrust = new NpgsqlCommand("reset session_replication_role", connection);
        await distrust.ExecuteNonQueryAsync();
    }

#pragma warning disable CA2100 // Written here.
    private static async Task ExecuteAsync(TestDatabase database, string sql)
    {
        await using var command = database.OwnerSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> SizeAsync(TestDatabase database, string expression)
    {
        await using var command = database.OwnerSource.CreateCommand($"select {expression} / 1048576");
        return (long)(await command.ExecuteScalarAsync())!;
    }
#pragma warning restore CA2100

    private static (double P50, double P95) Percentiles(List<double> times)
    {
        var sorted = times.Order().ToList();
        return (sorted[sorted.Count / 2], sorted[(int)(0.95 * sorted.Count)]);
    }
}
