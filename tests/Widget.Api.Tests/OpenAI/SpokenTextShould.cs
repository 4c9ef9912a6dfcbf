using Widget.Api.SpokenMarkdown;

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

    [Theory]
    [InlineData("## Charging\n- The **fast** one: 2 * 2 hours\n- `Slow`", "Charging\nThe fast one: 2 * 2 hours\nSlow")]
    [InlineData("Charger model | Price [1]\n---|---\nThe **fast** one | 49 euros", "Charger model, Price\nThe fast one, 49 euros")]
    [InlineData("| Model | Price |\n|---|---|\n| Tide | 49 euros |\nThat is all", "Model, Price\nTide, 49 euros\nThat is all")]
    [InlineData("So:\n```\nlet x = 1;\n```\nSee [our page](https://shop.example/a) 🚲.", "So:\nSee our page .")]
    public void Say_the_same_however_the_text_is_cut(string text, string expected)
    {
        for (var size = 1; size < 12; size++)
        {
            var spoken = new SpokenText();
            var said = string.Concat(text.Chunk(size).Select(piece => spoken.Append(new string(piece)))) + spoken.Complete();

            said.ShouldBe(expected, $"pieces of {size}");
        }
    }

    [Fact]
    public void Say_each_word_as_soon_as_it_is_there() => new SpokenText().Append("Two hours").ShouldBe("Two hours");
}
