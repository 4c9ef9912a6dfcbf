using Widget.Api.Answers;

namespace Widget.Api.Tests.Answers;

public sealed class ComparisonsShould
{
    [Theory]
    [InlineData("What's the difference between the Tide Step and the Tide Cargo?")]
    [InlineData("Which bike has more range?")]
    [InlineData("Which plan is cheaper?")]
    [InlineData("Is the small office cheaper than the large one?")]
    [InlineData("Do you stay open longer on Wednesday or on Friday?")]
    [InlineData("Chandler vs Beeswax")]
    [InlineData("Was ist der Unterschied zwischen Flexplatz und eigenem Tisch?")]
    [InlineData("Welches Abo ist günstiger?")]
    [InlineData("¿Qué plan es más barato?")]
    [InlineData("Quelle est la différence entre les deux ?")]
    [InlineData("Quale piano costa meno?")]
    [InlineData("Qual é a diferença?")]
    [InlineData("ما الفرق بين الباقتين؟")]
    public void Be_recognised(string question) => Comparisons.IsComparison(question).ShouldBeTrue();

    [Theory]
    [InlineData("What does the Tide Step cost?")]
    [InlineData("Can I stay longer?")]
    [InlineData("Tell me more")]
    [InlineData("Which carrier do you use?")]
    [InlineData("Kann ich länger bleiben?")]
    [InlineData("¿Puedo pagar más tarde?")]
    public void Not_be_seen_in_other_questions(string question) => Comparisons.IsComparison(question).ShouldBeFalse();
}
