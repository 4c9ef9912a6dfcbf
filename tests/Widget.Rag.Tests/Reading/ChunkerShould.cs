using FsCheck;
using FsCheck.Fluent;
using Widget.Rag.Reading;

namespace Widget.Rag.Tests.Reading;

public sealed class ChunkerShould
{
    [Fact]
    public void Split_an_endless_text_in_linear_time()
    {
        var text = string.Concat(Enumerable.Range(0, 600_000).Select(i => $"word{i} "));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var passages = new Chunker().Cut(new ExtractedDocument(null, null, [new Block(BlockKind.Paragraph, text)]));

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        passages.ShouldAllBe(passage => passage.Text.Length <= 1_500);
        string.Concat(passages.Select(passage => passage.Text + " ")).ShouldBe(text);
    }

    private static readonly Chunker Chunker = new(Target: 100, Longest: 160);

    [Fact]
    public void Start_a_passage_at_each_heading_and_keep_its_path()
    {
        var passages = Cut(
            new Block(BlockKind.Heading, "Guide", 1, "guide"),
            new Block(BlockKind.Paragraph, "Welcome."),
            new Block(BlockKind.Heading, "Charging", 2, "charging"),
            new Block(BlockKind.Paragraph, "Plug it in."),
            new Block(BlockKind.Heading, "Winter", 3),
            new Block(BlockKind.Paragraph, "Keep it warm."),
            new Block(BlockKind.Heading, "Riding", 2, "riding"),
            new Block(BlockKind.Paragraph, "Wear a helmet."));

        passages.Select(passage => (string.Join('/', passage.Locator.Headings), passage.Text, passage.Locator.Fragment)).ShouldBe(
        [
            ("Guide", "Welcome.", "#guide"),
            ("Guide/Charging", "Plug it in.", "#charging"),
            ("Guide/Charging/Winter", "Keep it warm.", "#:~:text=Keep%20it%20warm."),
            ("Guide/Riding", "Wear a helmet.", "#riding"),
        ]);
    }

    [Theory]
    [InlineData("Model: Lotse | Price: 1,111 €", "#:~:text=Lotse")]
    [InlineData("City bikes | Model: Lotse plus | Price: 1,111 €", "#:~:text=Lotse%20plus")]
    [InlineData("No.: 7 | Model: Lotse | Price: 1,111 €", "#:~:text=Lotse")]
    [InlineData("Model: Lotse; Kapitän | Price: 1,111 €", "#:~:text=Lotse")]
    [InlineData("Silver plan | Gold plan", "#:~:text=Silver%20plan")]
    [InlineData("1 | 2", null)]
    public void Link_a_table_to_a_text_that_the_page_shows(string row, string? fragment) =>
        Cut(new Block(BlockKind.Paragraph, new string('x', 100)), new Block(BlockKind.Table, row))[1].Locator.Fragment.ShouldBe(fragment);

    [Fact]
    public void Keep_pages_apart_with_their_numbers()
    {
        var passages = Cut(
            new Block(BlockKind.Paragraph, "First page.", Page: 1),
            new Block(BlockKind.Paragraph, "Second page.", Page: 2));

        passages.Select(passage => (passage.Locator.Page, passage.Locator.Fragment)).ShouldBe([(1, "#page=1"), (2, "#page=2")]);
    }

    [Fact]
    public void Keep_lists_as_lists()
    {
        var passage = Cut(
            new Block(BlockKind.Paragraph, "You need:"),
            new Block(BlockKind.ListItem, "a lock"),
            new Block(BlockKind.ListItem, "a pump"))
            .Single();

        passage.Text.ShouldBe("You need:\n- a lock\n- a pump");
    }

    [Fact]
    public void Split_a_long_paragraph_between_sentences()
    {
        var text = string.Join(' ', Enumerable.Range(1, 20).Select(i => $"Sentence number {i} stands here."));

        var passages = Cut(new Block(BlockKind.Paragraph, text));

        passages.Count.ShouldBeGreaterThan(3);
        passages.ShouldAllBe(passage => passage.Text.EndsWith('.'));
    }

    [Fact]
    public void Create_a_passage_for_a_document_of_headings() =>
        Cut(new Block(BlockKind.Heading, "Only", 1), new Block(BlockKind.Heading, "Headings", 2)).Single().Text.ShouldBe("Only\nHeadings");

    [Fact]
    public void Repeat_no_endless_heading_anchor_or_word_in_every_passage()
    {
        var passages = Cut(
            new Block(BlockKind.Heading, new string('h', 5_000), 1, new string('a', 5_000)),
            new Block(BlockKind.Paragraph, string.Join(' ', Enumerable.Repeat(new string('w', 150), 20))));

        passages.Count.ShouldBeGreaterThan(5);
        passages.ShouldAllBe(
            passage => passage.Locator.Headings.Single().Length == 300
                && (passage.Locator.Fragment == null || passage.Locator.Fragment.Length < 250));
    }

    [Fact]
    public void Lose_no_text_and_make_no_passage_too_long()
    {
        var block = from kind in Gen.Elements(BlockKind.Paragraph, BlockKind.ListItem, BlockKind.Table, BlockKind.Code)
                    from words in Gen.NonEmptyListOf(
                        Gen.Elements("one", "two.", "three!", "a-very-long-word-without-end", "\n", new string('x', 400)))
                    select new Block(kind, string.Join(' ', words).Trim(' ', '\n'));
        Prop.ForAll(
            Gen.ListOf(block).Select(blocks => blocks.Where(made => made.Text.Length > 0).ToArray()).ToArbitrary(),
            blocks =>
            {
                var passages = Cut(blocks);
                return passages.All(passage => passage.Text.Length <= 160)
                    && Bare(
                        string.Concat(passages.Select(passage => passage.Text))) == Bare(string.Concat(blocks.Select(made => made.Text)));
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static IReadOnlyList<Passage> Cut(params Block[] blocks) => Chunker.Cut(new ExtractedDocument(null, null, blocks));

    // The chunker adds list marks.
    private static string Bare(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character) && character != '-'));
}
