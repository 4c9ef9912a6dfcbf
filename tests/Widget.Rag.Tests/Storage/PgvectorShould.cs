using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Pgvector;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Testing;

namespace Widget.Rag.Tests.Storage;

public sealed class PgvectorShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1_024)]
    [InlineData(16_000)]
    public async Task Carry_half_vectors_there_and_back(int dimensions)
    {
        var random = new Random(dimensions);
        var vector = new HalfVector(Enumerable.Range(0, dimensions).Select(_ => (Half)(random.NextDouble() - 0.5)).ToArray());

        (await EchoAsync(vector, "halfvec")).ShouldBe(vector);
        // The database reads the same numbers as we do.
        (await EchoTextAsync(vector.ToString(), "halfvec")).ShouldBe(await EchoTextAsync(vector, "halfvec"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    public async Task Carry_sparse_vectors_there_and_back(int elements)
    {
        var random = new Random(elements);
        var vector = SparseVectors.Create(
            Enumerable.Range(0, elements).Select(i => KeyValuePair.Create((i * 37) + 1, (float)random.NextDouble() + 0.1f)));

        (await EchoAsync(vector, "sparsevec")).ShouldBe(vector);
        (await EchoTextAsync(vector.ToString(), "sparsevec")).ShouldBe(await EchoTextAsync(vector, "sparsevec"));
    }

    [Fact]
    public void Keep_sparse_elements_in_order_without_zeros() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<Dictionary<int, float>>(),
            values =>
            {
                var elements = values.Where(pair => pair.Key >= 0 && float.IsFinite(pair.Value)).ToList();
                var vector = SparseVectors.Create(elements, int.MaxValue);
                return vector.Indices.ToArray().SequenceEqual(elements.Where(pair => pair.Value != 0).Select(pair => pair.Key).Order());
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Refuse_an_index_outside_the_dimensions() =>
        Should.Throw<ArgumentOutOfRangeException>(() => SparseVectors.Create([new(5, 1f)], 5));

    [Fact]
    public async Task Be_read_and_written_through_entities()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(tenant, [("a", "A", "Vectors travel through entities.")]);

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var embedding = await db.ChunkEmbeddings.AsNoTracking().SingleAsync(Ct);
        embedding.Embedding.Memory.Length.ShouldBe(1_024);
        db.ChunkEmbeddings.Add(new ChunkEmbedding
        {
            TenantId = tenant,
            ChunkId = embedding.ChunkId,
            Model = "other",
            Embedding = HalfVectors.From([1, 2, 3]),
        });
        await db.SaveChangesAsync(Ct);
        (await db.ChunkEmbeddings.AsNoTracking().SingleAsync(row => row.Model == "other", Ct)).Embedding.ShouldBe(HalfVectors.From([1, 2, 3]));
        (await db.ChunkTerms.AsNoTracking().SingleAsync(Ct)).Weights.Indices.Length.ShouldBeGreaterThan(3);
    }

    private async Task<T> EchoAsync<T>(T value, string type)
        where T : class
    {
        await using var command = _database.ApplicationSource.CreateCommand($"select $1::{type}");
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var row = await command.ExecuteReaderAsync(Ct);
        await row.ReadAsync(Ct);
        return row.GetFieldValue<T>(0);
    }

    private async Task<string> EchoTextAsync(object value, string type)
    {
        await using var command = _database.ApplicationSource.CreateCommand($"select ($1::{type})::text");
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (string)(await command.ExecuteScalarAsync(Ct))!;
    }
}
