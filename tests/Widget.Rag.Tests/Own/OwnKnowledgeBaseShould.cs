using Microsoft.EntityFrameworkCore;
using Pgvector;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Search;
using Widget.Rag.Storage;
using Widget.Testing;

namespace Widget.Rag.Tests.Own;

public sealed class OwnKnowledgeBaseShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("How long does charging take?", "charging")]
    [InlineData("waranty of the batery", "warranty")]
    [InlineData("Can I return my bike?", "returns")]
    [InlineData("delivery to Denmark", "shipping")]
    [InlineData("SKU TB-4711", "parts")]
    public async Task Find_the_passage_that_answers(string question, string document)
    {
        var tenant = await ShopAsync();
        using var knowledge = new Knowledge(_database);

        var result = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct);

        result.Hits[0].ExternalId.ShouldBe(document);
        result.Hits[0].Origins.ShouldBe(["own"]);
    }

    [Fact]
    public async Task See_nothing_of_another_tenant()
    {
        await ShopAsync();
        var stranger = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);

        var empty = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = stranger, Text = "charging" }, Ct);
        await knowledge.ImportAsync(stranger, [("x", "Bread", "We bake bread.")]);
        var filled = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = stranger, Text = "How long does charging take?" }, Ct);

        empty.Hits.ShouldBeEmpty();
        filled.Hits.ShouldAllBe(hit => hit.ExternalId == "x");
        filled.Confidence.ShouldBeLessThan(0.1);
    }

    [Fact]
    public async Task Stem_each_document_in_its_own_language()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(
            tenant,
            [
                ("de", "Rückgabe", "Die Fahrräder können innerhalb von 30 Tagen zurückgegeben werden, wenn sie nicht gefahren worden sind."),
                ("es", "Envío", "Enviamos las bicicletas a toda España y los gastos son de veinte euros para todos los pedidos."),
            ]);

        (await FirstAsync(knowledge, tenant, "Kann ich mein Fahrrad nach einem Tag zurückgeben?")).ShouldBe("de");
        (await FirstAsync(knowledge, tenant, "¿Cuánto cuesta el gasto de un pedido?")).ShouldBe("es");
        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        (await db.Documents.OrderBy(row => row.Language).Select(row => row.Language).ToListAsync(Ct)).ShouldBe(["de", "es"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("???")]
    [InlineData("the of and")]
    [InlineData("\0 \u0001 ' \" \\ ; -- drop table chunks")]
    [InlineData("qwertz uiop asdf")]
    public async Task Take_any_text_as_a_question(string question)
    {
        var tenant = await ShopAsync();
        using var knowledge = new Knowledge(_database);

        var result = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct);

        result.Confidence.ShouldBeInRange(0, 1);
    }

    [Fact]
    public async Task Take_a_pasted_page_as_a_question()
    {
        var tenant = await ShopAsync();
        using var knowledge = new Knowledge(_database);

        var result = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = string.Concat(Enumerable.Repeat("charging battery ", 10_000)) }, Ct);

        result.Hits[0].ExternalId.ShouldBe("charging");
    }

    /// <summary>The lexical arm against BM25 written out from the formula, score by score, also after changes and deletions.</summary>
    [Fact]
    public async Task Score_exactly_as_bm25_says()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var random = new Random(7);
        (string, string, string) Document(int i) => ($"d{i}", $"title{random.Next(20)}", string.Join(' ', Enumerable.Range(0, random.Next(5, 120)).Select(_ => $"word{(int)(Math.Pow(random.NextDouble(), 3) * 200)}")));
        await knowledge.ImportAsync(tenant, [.. Enumerable.Range(0, 120).Select(Document)]);
        await knowledge.ImportAsync(tenant, [.. Enumerable.Range(30, 40).Select(Document)]);
        var catalog = new KnowledgeCatalog(knowledge.Database);
        foreach (var document in (await catalog.ListAsync(tenant, 0, 25, Ct)).Documents) await catalog.DeleteAsync(tenant, document.Id, Ct);

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var chunks = await TermFrequenciesAsync(db);
        var statistics = await db.Statistics.AsNoTracking().SingleAsync(Ct);
        statistics.ChunkCount.ShouldBe(chunks.Count);
        statistics.TotalLength.ShouldBe(chunks.Values.Sum(terms => terms.Values.Sum()));
        for (var query = 0; query < 20; query++)
        {
            var words = Enumerable.Range(0, 5).Select(_ => $"word{random.Next(60)}").Distinct().ToArray();
            var terms = await OwnKnowledgeBase.TermsAsync(db, string.Join(' ', words), Ct);
            var candidates = await OwnKnowledgeBase.CandidatesAsync(db, terms, HashedEmbedder.Model, HalfVector.From(HashedEmbedder.Embed("x")), 1_000, Ct);

            candidates.Count.ShouldBe(chunks.Count);
            foreach (var candidate in candidates)
            {
                var expected = words.Sum(word => Bm25(chunks, chunks[candidate.Item], word, statistics.WeighedLength));
                candidate.Lexical.ShouldBe(expected, tolerance: 1e-4 * Math.Max(1, expected));
            }
        }
    }

    private static double Bm25(Dictionary<Guid, Dictionary<string, int>> chunks, Dictionary<string, int> chunk, string word, double averageLength)
    {
        const double K1 = 1.2, B = 0.75;
        if (!chunk.TryGetValue(word, out var frequency)) return 0;
        var containing = chunks.Values.Count(terms => terms.ContainsKey(word));
        var idf = Math.Log(1 + ((chunks.Count - containing + 0.5) / (containing + 0.5)));
        return idf * frequency * (K1 + 1) / (frequency + (K1 * (1 - B + (B * chunk.Values.Sum() / averageLength))));
    }

    // Titles count three times.
    private static async Task<Dictionary<Guid, Dictionary<string, int>>> TermFrequenciesAsync(KnowledgeDb db)
    {
        var rows = await db.Chunks.Join(db.Documents, chunk => chunk.DocumentId, document => document.Id, (chunk, document) => new { chunk.Id, document.Title, chunk.Text }).ToListAsync(Ct);
        return rows.ToDictionary(
            row => row.Id.Value,
            row => string.Join(' ', row.Title, row.Title, row.Title, row.Text).Split(' ').GroupBy(word => word).ToDictionary(group => group.Key, group => group.Count()));
    }

    private async Task<TenantId> ShopAsync()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(
            tenant,
            [
                ("charging", "Charging", "The battery is full after four and a half hours. The fast charger needs two hours."),
                ("warranty", "Warranty", "The frame is covered for five years and the battery for two years."),
                ("returns", "Returns", "You may give the bike back within 30 days if it has been ridden less than 50 kilometres."),
                ("shipping", "Shipping", "Delivery within Germany costs 49 euros. To Austria, Denmark and the Netherlands it costs 89 euros."),
                ("parts", "Spare parts", "The brake lever has the number TB-4711 and the bell TB-4712."),
                ("about", "About us", "Harbor Bikes was founded in 2017 by two friends who met repairing ferries."),
            ]);
        return tenant;
    }

    private static async Task<string> FirstAsync(Knowledge knowledge, TenantId tenant, string question) =>
        (await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct)).Hits[0].ExternalId;
}
