using Widget.Api.Selling.Prices;
using Widget.Platform.Tenancy;

namespace Widget.Api.Tests.Selling;

public sealed class PriceChoiceShould
{
    private static readonly PriceRow[] Prices =
    [
        Price("Basic plan", "One user.", ["starter"]),
        Price("Enterprise plan", "Any number of users, single sign-on and support by phone."),
        Price("Setup workshop", "A day on site."),
    ];

    [Theory]
    [InlineData("What does the Basic plan cost?", "Basic plan")]
    [InlineData("Wie viel kostet Enterprise?", "Enterprise plan")]
    [InlineData("How much is the starter?", "Basic plan")]
    [InlineData("What do you charge for workshops?", "Setup workshop")]
    [InlineData("What does single sign-on cost?", "Enterprise plan")]
    [InlineData("Basic or Enterprise?", "Basic plan, Enterprise plan")]
    public void Find_what_a_question_names(string question, string names) =>
        string.Join(", ", PriceChoice.Of(Prices, question, "en").Select(price => price.Name).Order()).ShouldBe(names);

    [Theory]
    [InlineData("How much is it?")]
    [InlineData("What are your prices?")]
    [InlineData(null)]
    public void Return_all_prices_when_a_question_names_none(string? question) =>
        PriceChoice.Of(Prices, question, null).Count.ShouldBe(3);

    [Fact]
    public void Return_at_most_six() =>
        PriceChoice.Of([.. Enumerable.Range(1, 9).Select(i => Price($"Plan {i}", ""))], "prices", null).Count.ShouldBe(6);

    [Fact]
    public void Prefer_the_visitors_language()
    {
        PriceRow[] prices = [Price("Lastenrad", "", language: "de"), Price("Cargo bike", "", language: "en"), Price("Gift card", "")];

        PriceChoice.Of(prices, null, "de-AT").Select(price => price.Name).ShouldBe(["Lastenrad", "Gift card"]);
        PriceChoice.Of([prices[0]], null, "en").ShouldHaveSingleItem();
    }

    private static PriceRow Price(string name, string description, string[]? tags = null, string? language = null) => new()
    {
        TenantId = new TenantId(Guid.Empty),
        Id = Guid.NewGuid(),
        Name = name,
        Description = description,
        Tags = tags ?? [],
        Language = language,
    };
}
