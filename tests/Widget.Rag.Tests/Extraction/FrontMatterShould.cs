using System.Text;

namespace Widget.Rag.Tests.Extraction;

public sealed class FrontMatterShould
{
    [Theory]
    [InlineData("---\ntitle: Opening hours\ntags:\n  - shop\n---\n\nWe open at nine.", "Opening hours")]
    [InlineData("---\r\ntitle: \"Opening \\\"hours\\\"\"\r\n---\r\nWe open at nine.", "Opening \"hours\"")]
    [InlineData("---\n# written by hand\ntitle: 'Anna''s hours' # ours\n---\nWe open at nine.", "Anna's hours")]
    [InlineData("---\ntitle: >-\n  Opening\n  hours\ndate: 2026-01-01\n---\nWe open at nine.", "Opening hours")]
    [InlineData("---\nTitle: Opening hours\n...\nWe open at nine.", "Opening hours")]
    [InlineData("---\ntitle: Opening hours\n---\n# Another title\n\nWe open at nine.", "Opening hours")]
    [InlineData("+++\ntitle = \"Opening hours\"\ndraft = false\n[extra]\ntoc = true\n+++\nWe open at nine.", "Opening hours")]
    [InlineData("+++\ntitle = 'Opening hours'\n+++\nWe open at nine.", "Opening hours")]
    [InlineData("---\nlayout: page\n---\nWe open at nine.", null)]
    public void Give_the_title_and_nothing_else(string markdown, string? title)
    {
        var document = Read(markdown);

        document.Title.ShouldBe(title);
        document.Blocks[^1].Text.ShouldBe("We open at nine.");
        document.Blocks.Where(block => block.Kind != BlockKind.Heading).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("---\n\nWe open at nine.\n\n---\n\nWe close at five.")]
    [InlineData("---\nWe open at nine.\n\n---\nWe close at five.")]
    [InlineData("---\n\nHours: see below.\n\nWe open at nine.\n\n---\n\nWe close at five.")]
    [InlineData("---\n# Hours\n\nWe open at nine.\n\n---\n\nWe close at five.")]
    [InlineData("---\ntitle: Hours\n\nWe open at nine. We close at five.")]
    [InlineData("+++\nWe open at nine.\n+++\nWe close at five.")]
    public void Not_be_confused_with_a_section_between_rules(string markdown)
    {
        var text = string.Join('\n', Read(markdown).Blocks.Select(block => block.Text));

        text.ShouldContain("We open at nine.");
        text.ShouldContain("We close at five.");
    }

    [Theory]
    [InlineData("---\ntitle: Opening hours\ntags: [\n  shop,\n]\n---\nWe open at nine.")]
    [InlineData("---\ntitle: Opening hours\nauthor: {\n  name: Anna\n}\n---\nWe open at nine.")]
    [InlineData("---\ntitle: Opening hours\nlast updated: 2026-01-01\n---\nWe open at nine.")]
    [InlineData("---\ntitle: Opening hours\nseo: >\nkey words: shop\n---\nWe open at nine.")]
    public void Have_values_in_several_lines_and_keys_with_spaces(string markdown)
    {
        var document = Read(markdown);

        (document.Title, string.Join('\n', document.Blocks.Select(block => block.Text))).ShouldBe(("Opening hours", "We open at nine."));
    }

    private static ExtractedDocument Read(string markdown) =>
        new MarkdownExtractor().Extract(new RawDocument(Encoding.UTF8.GetBytes(markdown), MediaTypes.Markdown));
}
