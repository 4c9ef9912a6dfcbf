using System.Text;
using Widget.Platform.Tenancy;
using Widget.Rag.Own;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Ranking;

/// <summary>Questions find texts that are written differently, and passages are quoted as written.</summary>
public sealed class SpellingsShould(DatabaseFixture fixture)
{
    private readonly TestDatabase _database = fixture.Database;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("fr", "Le café est fermé et réservé le dimanche.", "cafe ferme reserve")]
    [InlineData("fr", "Le cafe\u0301 est ferme\u0301 le dimanche.", "café fermé")]
    [InlineData("fr", "Le cafe est ferme le dimanche.", "café fermé")]
    [InlineData("pt", "A devolução é grátis.", "devolucao gratis")]
    [InlineData("es", "El período de garantía es de tres años.", "periodo garantia anos")]
    [InlineData("de", "Die Größe der Tür beträgt zwei Meter.", "GROSSE TUR")]
    [InlineData("en", "Our café in Łódź opens at nine.", "cafe lodz")]
    [InlineData("en", "The extra\u00ADordinary Donau\u200Bdampfer sails daily.", "extraordinary donaudampfer")]
    [InlineData("en", "Part ＴＢ４７１１ costs nine euros.", "tb4711")]
    [InlineData("en", "Ask Anna O’Brien for a copy.", "o'brien")]
    [InlineData("en", "Ask Anna O'Brien for a copy.", "OʼBrien")]
    [InlineData("en", "Ask Anna O'Brien for a copy.", "obrien")]
    [InlineData("ar", "مَدْرَسَةُ الأَطْفَالِ مفتوحة في ٢٠٢٦", "مدرسه الاطفال 2026")]
    [InlineData("ar", "المدرسة الكبرى", "المدرسه الكبري")]
    [InlineData("ar", "المدرسه الكبري", "المدرســة الكُبرى")]
    [InlineData("el", "Η εγγύηση διαρκεί δύο χρόνια.", "εγγυηση χρονια")]
    public async Task Be_found_by_every_word(string language, string text, string question)
    {
        var (knowledge, tenant) = await ImportAsync((language, text));
        using var _ = knowledge;

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var terms = (await Question.ReadAsync(db, question, Ct)).Terms;
        var hit = (await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct)).Hits.Single();

        foreach (var word in terms.Where(term => !term.IsStop).GroupBy(term => term.Place))
            word.ShouldContain(term => term.ChunkCount > 0, $"The word at place {word.Key} is unknown.");
        hit.Text.ShouldBe(text.Replace("\u00AD", "").Replace("\u200B", ""));
    }

    [Fact]
    public async Task Count_a_word_once_when_its_spellings_have_the_same_stem()
    {
        var (knowledge, tenant) = await ImportAsync(("de", "Größe"));
        using var _ = knowledge;

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        await using var command = db.Command("select length from chunks");

        // The title counts three times: "document 0" has two words.
        (await command.ExecuteScalarAsync(Ct)).ShouldBe(7);
    }

    [Theory]
    [InlineData("Wie lange ist die Garantie in der Schweiz?")]
    [InlineData("Was ist mit der Garantie in der Schweiz, und wie ist das in der Praxis?")]
    public async Task Not_be_decided_by_stop_words_that_are_rare(string question)
    {
        var (knowledge, tenant) = await ImportAsync(
        [
            ("de", "Garantie Schweiz: fünf Jahre. Ausgenommen sind Reifen, Ketten, Bremsen, Lampen, Taschen und Schlösser."),
            ("de", "In der Werkstatt ist die Annahme in der Regel bis zehn offen, wie das in der Stadt so ist."),
            ("de", "Das ist die Anleitung, wie die Lampe in der Halterung sitzt und was in der Schachtel ist."),
            ("de", "Was ist in der Tasche? Die Karte ist in der Tasche, und das Buch ist in der Kiste, wie immer."),
            .. Enumerable.Range(0, 30).Select(i => ("en", $"The bicycle number {i} has a bell, a lamp and a lock for the long road.")),
        ]);
        using var _ = knowledge;

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var terms = (await Question.ReadAsync(db, question, Ct)).Terms;
        terms.Where(term => term.IsStop).Max(term => term.Weight)
            .ShouldBeLessThan(terms.Where(term => term.Lexeme == "garanti").Max(term => term.Weight) / 3);
        var hits = (await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct)).Hits;
        hits[0].Text.ShouldStartWith("Garantie");
    }

    [Fact]
    public async Task Take_the_stop_words_of_the_questions_language()
    {
        var (knowledge, tenant) = await ImportAsync(("en", "The die of the press is made of steel."), ("de", "Die Presse ist aus Stahl."));
        using var _ = knowledge;

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);

        (await IsStopAsync("What is the die made of?")).ShouldBeFalse();
        (await IsStopAsync("Woraus ist die Presse und wie ist sie?")).ShouldBeTrue();

        async Task<bool> IsStopAsync(string question) =>
            (await Question.ReadAsync(db, question, Ct)).Terms.First(term => term.Lexeme == "die").IsStop;
    }

    [Fact]
    public async Task Take_the_stop_words_of_every_language_that_the_question_may_be_in()
    {
        var (knowledge, tenant) = await ImportAsync(
            ("nl", "De garantie in de winkel is twee jaar."),
            ("en", "The warranty in the shop is two years."),
            ("fr", "La garantie de la boutique est de deux ans."));
        using var _ = knowledge;

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var terms = (await Question.ReadAsync(db, "Wat is de garantie in de winkel?", Ct)).Terms;

        terms.Where(term => term.IsStop).Select(term => term.Lexeme).Distinct().ShouldBe(["is", "de", "in"], ignoreOrder: true);
    }

    private async Task<(Knowledge Knowledge, TenantId Tenant)> ImportAsync(params (string Language, string Text)[] texts)
    {
        var tenant = await _database.AddTenantAsync();
        var knowledge = new Knowledge(_database);
        var documents = texts.Select((text, i) => new ImportedDocument(
            $"{i}",
            new DocumentDescription { Title = $"document {i}", Language = text.Language, MediaType = MediaTypes.Text },
            Encoding.UTF8.GetBytes(text.Text)));
        await knowledge.RunAsync(tenant, await knowledge.Queue.ImportAsync(tenant, documents.ToAsyncEnumerable(), Ct), Ct);
        return (knowledge, tenant);
    }
}
