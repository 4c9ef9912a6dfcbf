using System.Text;
using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;
using Widget.Rag.Catalog;
using Widget.Rag.Embeddings;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;
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
    [InlineData("sku tb4711", "parts")]
    [InlineData("TB 4712", "bell")]
    [InlineData("what does the RTX-4090 cost", "card")]
    [InlineData("anything for 1299 euros?", "card")]
    [InlineData("a 2,5 litre bottle", "bottle")]
    [InlineData("how do I clean the derailer", "gears")]
    [InlineData("is the Wanderlsut jacket waterproof", "jacket")]
    [InlineData("充电需要多久", "chinese")]
    public async Task Find_the_passage_that_answers(string question, string document)
    {
        var tenant = await ShopAsync();
        using var knowledge = new Knowledge(_database);

        var result = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct);

        result.Hits[0].ExternalId.ShouldBe(document);
        result.Hits[0].Origins.ShouldBe(["own"]);
    }

    [Fact]
    public async Task Find_a_quoted_phrase_before_its_words()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(
            tenant,
            [
                ("words", "Light", "A light bag, a light bike, a red light, and at the front a light. The red front bag is light."),
                (
                    "phrase",
                    "Accessories",
                    "Among many other things we sell a front light that is bright enough for dark forests and long nights on the road."),
            ]);

        (await FirstAsync(knowledge, tenant, "red light bag at the front light")).ShouldBe("words");
        (await FirstAsync(knowledge, tenant, "red light bag at the \"front light\"")).ShouldBe("phrase");
        (await FirstAsync(knowledge, tenant, "„Front light“")).ShouldBe("phrase");
    }

    [Fact]
    public async Task Not_correct_known_words_and_numbers()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        await knowledge.ImportAsync(
            tenant,
            [
                ("a", "Stables", "The stable has room for nine horses."),
                ("b", "Tables", "The table seats nine people. Its number is 471199."),
            ]);

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        (await Question.ReadAsync(db, "stable", Ct)).Terms.ShouldHaveSingleItem();
        (await Question.ReadAsync(db, "number 471198", Ct)).Terms.ShouldNotContain(term => term.Lexeme == "471199");
        (await Question.ReadAsync(db, "nubmer of horses", Ct)).Terms.ShouldContain(term => term.Lexeme == "number");
    }

    [Fact]
    public async Task Apply_the_filter()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        async Task AddAsync(string id, string language, params string[] tags)
        {
            var description = new DocumentDescription { Title = "Lamp", Language = language, Tags = tags, MediaType = MediaTypes.Text };
            var document = new ImportedDocument(id, description, Encoding.UTF8.GetBytes($"The lamp {id} shines."));
            await knowledge.RunAsync(tenant, await knowledge.Queue.ImportAsync(tenant, new[] { document }.ToAsyncEnumerable(), Ct), Ct);
        }

        await AddAsync("a", "en", "indoor");
        await AddAsync("b", "en", "outdoor", "sale");
        await AddAsync("c", "de", "indoor", "sale");
        SourceId source;
        await using (var db = await knowledge.Database.BeginAsync(tenant, Ct)) source = await db.Sources.Select(row => row.Id)
            .SingleAsync(Ct);
        async Task<string> FoundAsync(KnowledgeFilter filter) => string.Concat(
            (
                await knowledge.Base.SearchAsync(
                    new KnowledgeQuery { TenantId = tenant, Text = "lamp", Filter = filter },
                    Ct)).Hits.Select(hit => hit.ExternalId)
                .Order());

        (await FoundAsync(KnowledgeFilter.None)).ShouldBe("abc");
        (await FoundAsync(new() { Tags = ["indoor"] })).ShouldBe("ac");
        (await FoundAsync(new() { Tags = ["outdoor", "sale"], Languages = ["en"] })).ShouldBe("b");
        (await FoundAsync(new() { Languages = ["de", "fr"] })).ShouldBe("c");
        (await FoundAsync(new() { Sources = [source] })).ShouldBe("abc");
        (await FoundAsync(new() { Sources = [SourceId.New()] })).ShouldBe("");
        (await FoundAsync(new() { Kinds = [DocumentKind.Text] })).ShouldBe("abc");
        (await FoundAsync(new() { Kinds = [DocumentKind.Video, DocumentKind.Demo] })).ShouldBe("");
    }

    [Fact]
    public async Task See_nothing_of_another_tenant()
    {
        await ShopAsync();
        var stranger = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);

        var empty = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = stranger, Text = "charging" }, Ct);
        await knowledge.ImportAsync(stranger, [("x", "Bread", "We bake bread.")]);
        var filled = await knowledge.Base.SearchAsync(
            new KnowledgeQuery { TenantId = stranger, Text = "How long does charging take?" },
            Ct);

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
                (
                    "de",
                    "Rückgabe",
                    "Die Fahrräder können innerhalb von 30 Tagen zurückgegeben werden, wenn sie nicht gefahren worden sind."),
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
    public async Task Accept_any_text_as_a_question(string question)
    {
        var tenant = await ShopAsync();
        using var knowledge = new Knowledge(_database);

        var result = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct);

        result.Confidence.ShouldBeInRange(0, 1);
    }

    [Fact]
    public async Task Accept_a_pasted_page_as_a_question()
    {
        var tenant = await ShopAsync();
        using var knowledge = new Knowledge(_database);

        var result = await knowledge.Base.SearchAsync(
            new KnowledgeQuery { TenantId = tenant, Text = string.Concat(Enumerable.Repeat("charging battery ", 10_000)) },
            Ct);

        result.Hits[0].ExternalId.ShouldBe("charging");
    }

    /// <summary>Compares every score of the lexical arm with BM25 computed from the formula, also after changes and deletions.</summary>
    [Fact]
    public async Task Score_exactly_as_bm25_says()
    {
        var tenant = await _database.AddTenantAsync();
        using var knowledge = new Knowledge(_database);
        var random = new Random(7);
        (string, string, string) Document(int i) => (
            $"d{i}",
            Word(random.Next(20)),
            string.Join(' ', Enumerable.Range(0, random.Next(5, 120)).Select(_ => Word((int)(Math.Pow(random.NextDouble(), 3) * 200)))));
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
            var words = Enumerable.Range(0, 5).Select(_ => Word(random.Next(60))).Distinct().ToArray();
            var terms = (await Question.ReadAsync(db, string.Join(' ', words), Ct)).Terms;
            var candidates = await Candidates.FindAsync(
                db,
                terms,
                new QuestionVectors(HashedEmbedder.Model, HalfVectors.From(HashedEmbedder.Embed("x")), Semantic: null),
                1_000,
                KnowledgeFilter.None,
                default,
                Ct);

            candidates.Count.ShouldBe(chunks.Count);
            foreach (var candidate in candidates)
            {
                var expected = words.Sum(word => Bm25(chunks, chunks[candidate.Item], word, statistics.WeighedLength));
                candidate.Lexical.ShouldBe(expected, tolerance: 1e-4 * Math.Max(1, expected));
            }
        }
    }

    // Words without a stem or meaning, none similar enough to be a misspelling of another.
    private static string Word(int number) => $"x{(char)('a' + (number / 26))}{(char)('a' + (number % 26))}x";

    private static double Bm25(
        Dictionary<Guid, Dictionary<string, int>> chunks,
        Dictionary<string, int> chunk,
        string word,
        double averageLength)
    {
        const double K1 = 1.2, B = 0.75;
        if (!chunk.TryGetValue(word, out var frequency)) return 0;
        var containing = chunks.Values.Count(terms => terms.ContainsKey(word));
        var idf = Math.Log(1 + ((chunks.Count - containing + 0.5) / (containing + 0.5)));
        return idf * frequency * (K1 + 1) / (frequency + (K1 * (1 - B + (B * chunk.Values.Sum() / averageLength))));
    }

    // Titles count three times.
    private static async Task<Dictionary<Guid, Dictionary<string, int>>> TermFrequenciesAsync(TenantDb db)
    {
        var rows = await db.Chunks.Join(
            db.Documents,
            chunk => chunk.DocumentId,
            document => document.Id,
            (chunk, document) => new { chunk.Id, document.Title, chunk.Text })
            .ToListAsync(Ct);
        return rows.ToDictionary(
            row => row.Id.Value,
            row =>
                string
                    .Join(' ', row.Title, row.Title, row.Title, row.Text)
                    .Split(' ')
                    .GroupBy(word => word)
                    .ToDictionary(group => group.Key, group => group.Count()));
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
                (
                    "shipping",
                    "Shipping",
                    "Delivery within Germany costs 49 euros. To Austria, Denmark and the Netherlands it costs 89 euros."),
                ("parts", "Spare parts", "The brake lever has the number TB-4711."),
                ("bell", "Bell", "The bell has the number TB4712."),
                ("card", "Graphics card", "The RTX4090 costs 1,299 euros."),
                ("bottle", "Bottle", "The bottle holds 2.5 litres."),
                ("gears", "Gears", "Clean the derailleur with a brush and oil it afterwards."),
                ("jacket", "Wanderlust jacket", "The Wanderlust jacket keeps the rain out up to 20,000 mm."),
                ("chinese", "电池", "电池充电大约需要四个半小时。快速充电器只需两个小时。"),
                ("about", "About us", "Harbor Bikes was founded in 2017 by two friends who met repairing ferries."),
            ]);
        return tenant;
    }

    private static async Task<string> FirstAsync(Knowledge knowledge, TenantId tenant, string question) =>
        (await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct)).Hits[0].ExternalId;
}
