using Widget.Api.OpenAI;

namespace Widget.Api.Tests.OpenAI;

public sealed class SpokenTextShould
{
    [Theory]
    [InlineData("It takes **two hours** [1][2].", "It takes two hours.")]
    [InlineData("See [our page](https://shop.example/a) for `code`.", "See our page for code.")]
    [InlineData("# Models\n- Tide\n* Shore\n> quoted", "Models\nTide\nShore\nquoted")]
    [InlineData("3 * 4 = 12 and *really*", "3 * 4 = 12 and really")]
    [InlineData("A \\[1\\] and \\*stars\\*", "A [1] and *stars*")]
    [InlineData("1. First\n2. Second", "1. First\n2. Second")]
    [InlineData("-5 degrees", "-5 degrees")]
    [InlineData("#1 in Kiel", "#1 in Kiel")]
    [InlineData("C:\\temp", "C:\\temp")]
    [InlineData("ends in a star*", "ends in a star")]
    public void Leave_only_what_can_be_said(string text, string spoken) => SpokenText.Of(text).ShouldBe(spoken);

    [Fact]
    public void Read_a_table_as_its_cells() =>
        SpokenText.Of("Size | Price\n---|---\nSmall | 49 euros\n\n[1]").ShouldBe("Size, Price\nSmall, 49 euros");

    [Fact]
    public void Say_the_same_however_the_text_is_cut()
    {
        const string Text = "## Charging\n- The **fast** one: 2 * 2 hours\n- `Slow`";
        for (var size = 1; size < 8; size++)
        {
            var spoken = new SpokenText();
            var said = string.Concat(Text.Chunk(size).Select(piece => spoken.Append(new string(piece)))) + spoken.Complete();

            said.ShouldBe("Charging\nThe fast one: 2 * 2 hours\nSlow", $"pieces of {size}");
        }
    }

    [Fact]
    public void Say_each_word_as_soon_as_it_is_there() => new SpokenText().Append("Two hours").ShouldBe("Two hours");
}
