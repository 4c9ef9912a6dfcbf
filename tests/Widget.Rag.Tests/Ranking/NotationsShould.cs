using Widget.Rag.Own;
using Widget.Rag.Ranking;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Ranking;

/// <summary>Numbers, units and codes are found in all their notations, whichever of them the text and the question use.</summary>
public sealed class NotationsShould(DatabaseFixture fixture)
{
    // Each group has notations of one thing. Any of them finds any other.
    private static readonly string[][] Groups =
    [
        ["minus 20 degrees", "−20 °C", "-20 C", "-20°C", "–20℃", "minus 20 Grad"],
        ["25 km/h", "25 kmh", "25km/h", "25kmh", "25 kilometers per hour", "25 Kilometer pro Stunde"],
        ["1111 euros", "1.111 €", "€1,111", "EUR 1111", "1,111.00 €", "1\u00A0111 €", "1'111 Euro"],
        ["AB1234X", "AB-1234/X", "AB 1234 X"],
        ["E503", "E 503", "E-503"],
        ["7 %", "7 percent", "7%", "7 per cent", "7 Prozent"],
        ["1,5 litres", "1.5 l", "1.5l", "1,50 L"],
        ["2nd", "second"],
        ["10am", "10 am", "10 a.m."],
        ["64GB", "64 GB", "64 gigabytes"],
        ["40 m²", "40 sqm", "40 qm", "40 Quadratmeter"],
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Pairs =>
        [.. Groups.SelectMany(group => group.SelectMany(text => group.Select(question => (text, question))))];

    [Theory, MemberData(nameof(Pairs))]
    public void Share_the_words_of_the_question(string text, string question)
    {
        var indexed = $"{LexicalText.Prepare(text)} {LexicalText.OtherSpellings(text)}".ToLowerInvariant().Split(' ').ToHashSet();
        var words = LexicalText.Prepare(question).ToLowerInvariant().TrimEnd().Split(' ');
        var signs = LexicalNotations.Sign(LexicalText.Prepare(question)).ToLowerInvariant().TrimEnd().Split(' ');

        signs.Length.ShouldBe(words.Length);
        words.Zip(signs).Where(word => !indexed.Contains(word.First) && !indexed.Contains(word.Second)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("C++", "C#")]
    [InlineData("-20 °C", "20 °C")]
    [InlineData("E503", "E504")]
    [InlineData("1111 €", "1112 €")]
    [InlineData(".NET", "net weight")]
    public void Tell_apart_what_differs(string one, string other) =>
        LexicalText.Prepare(one).Split(' ').Except(LexicalText.Prepare(other).Split(' ')).ShouldNotBeEmpty();

    [Theory]
    [InlineData("How cold may it be, minus 20 degrees?", "cold")]
    [InlineData("does it go 25 kmh", "speed")]
    [InlineData("which bike costs 1111 euros", "price")]
    [InlineData("error E 503", "error")]
    [InlineData("part AB1234X", "part")]
    [InlineData("do you teach C++", "cpp")]
    [InlineData("do you teach C#", "csharp")]
    [InlineData("is there a .NET course", "dotnet")]
    [InlineData("discount of 5 percent", "discount")]
    [InlineData("the 2nd floor", "floor")]
    public async Task Find_the_passage(string question, string document)
    {
        var tenant = await fixture.Database.AddTenantAsync();
        using var knowledge = new Knowledge(fixture.Database);
        await knowledge.ImportAsync(
            tenant,
            ("cold", "Storage", "The battery can be stored at −20 °C."),
            ("warm", "Charging", "Charge the battery at 20 °C."),
            ("speed", "Motor", "The motor helps up to 25 km/h."),
            ("slow", "Walking", "Push assist goes up to 6 km/h for 25 minutes."),
            ("price", "Prices", "Lotse: 1.111 €"),
            ("other", "Prices", "Kapitän: 2.222 €"),
            ("error", "Errors", "E503 means that the sensor is dirty."),
            ("error2", "Errors", "E504 means that the sensor is broken."),
            ("part", "Parts", "The lever has the number AB-1234/X."),
            ("part2", "Parts", "The hook has the number AB-1235/X."),
            ("cpp", "Courses", "We teach C++ on Mondays."),
            ("csharp", "Courses", "We teach C# on Mondays."),
            ("dotnet", "Courses", "The course for .NET lasts two days."),
            ("net", "Courses", "The net price of a course is low."),
            ("discount", "Offers", "Members pay 5 % less."),
            ("discount2", "Offers", "Members get 5 gifts."),
            ("floor", "Visit", "The café is on the second floor."));

        var result = await knowledge.Base.SearchAsync(new KnowledgeQuery { TenantId = tenant, Text = question }, Ct);

        result.Hits[0].ExternalId.ShouldBe(document);
    }

    [Fact]
    public async Task Not_miss_a_sign_that_no_text_has()
    {
        var tenant = await fixture.Database.AddTenantAsync();
        using var knowledge = new Knowledge(fixture.Database);
        await knowledge.ImportAsync(tenant, ("a", "Prices", "The Lotse costs 1111."));

        await using var db = await knowledge.Database.BeginAsync(tenant, Ct);
        var terms = (await Question.ReadAsync(db, "1111 €", Ct)).Terms;

        terms.ShouldHaveSingleItem().Lexeme.ShouldBe("1111");
    }
}
