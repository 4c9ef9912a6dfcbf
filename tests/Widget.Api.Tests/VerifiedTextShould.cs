using System.Diagnostics;
using System.Text.RegularExpressions;
using Widget.Api.Answers;
using Widget.Contracts;

namespace Widget.Api.Tests;

/// <summary>
/// Removes numbers without a source in any form and length, gives the same result for any pieces, and needs time in proportion to the text.
/// </summary>
[Collection(typeof(Alone))]
public sealed partial class VerifiedTextShould
{
    private static readonly Citation[] Sources =
    [
        .. Enumerable.Range(1, 3).Select(
            number => new Citation(number, $"Page {number}", $"https://shop.example/{number}", [], null, "Text.", ["own"])),
    ];

    // Parts of Markdown, and text that misleads Markdown parsers.
    private static readonly string[] Pieces =
    [
        "[1]", "[2, 3]", "[9]", "[99999999999999999999]", "[1-99999999]", "[¹]", "[１]", "[", "]", "](", "(", ")",
        "![", "]:", "[^1]", "【1†x】", "【", "】", "<", ">", "`", "``", "```", "~~~", "\n",
        "\n\n", " ", "  ", "*", "**", "_", "~", "- ", "> ", "1. ", "|", "\\", "\\[", "https://",
        "http://evil.example/x", "https://shop.example/1", "www.", "w", "h", "mailto:", "a", "word", "Two hours",
        ".", ",", "é", "😀", "\r\n", "\r", "\t", "[link](https://evil.example)", "[page](https://shop.example/2)",
        "<https://shop.example/3>", "[1](https://x.example)", "`items[0]`", "\u00A0", "\uFEFF",
    ];

    [Theory]
    [InlineData("Two hours [99999999999999999999].", "Two hours.", "")]
    [InlineData("Two hours [1000].", "Two hours.", "")]
    [InlineData("Two hours [1, 999999].", "Two hours [1].", "1")]
    [InlineData("Two hours [1-99999999].", "Two hours.", "")]
    [InlineData("Two hours [99999999999999999999-99999999999999999999999].", "Two hours.", "")]
    [InlineData("Two hours [3-1].", "Two hours.", "")]
    [InlineData("Two hours [1–2].", "Two hours [1][2].", "1,2")]
    [InlineData("Two hours [⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹].", "Two hours.", "")]
    [InlineData("Two hours [₂].", "Two hours [2].", "2")]
    [InlineData("Two hours [９９９９９９].", "Two hours.", "")]
    [InlineData("Two hours [１，３].", "Two hours [1][3].", "1,3")]
    [InlineData("ساعتان [٩٩٩٩٩٩].", "ساعتان.", "")]
    [InlineData("Two hours 【99999999999999999999†source】.", "Two hours.", "")]
    [InlineData("Two hours [12345](https://evil.example).", "Two hours.", "")]
    [InlineData("Open since [2017], from [2019-2023] or [2024-11].", "Open since [2017], from [2019-2023] or [2024-11].", "")]
    public void Cite_no_source_that_does_not_exist(string written, string shown, string cited)
    {
        foreach (var size in new[] { 1, 2, 5, written.Length }) Verify(written.Chunk(size).Select(piece => new string(piece)))
            .ShouldBe((shown, cited), $"in pieces of {size}");
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("【", "】")]
    public void Remove_numbers_that_are_longer_than_a_label(string opening, string closing)
    {
        var written = $"Two hours {opening}{new string('9', 1_500)}{closing} and a half [1].";

        foreach (var size in new[] { 1, 7, 600, written.Length }) Verify(written.Chunk(size).Select(piece => new string(piece)))
            .ShouldBe(("Two hours and a half [1].", "1"));
    }

    [Fact]
    public void Be_the_same_for_any_pieces()
    {
        var random = new Random(11);
        for (var round = 0; round < 3_000; round++)
        {
            var written = string.Concat(random.GetItems(Pieces, random.Next(1, 40)));
            var whole = Verify([written]);

            Verify(Cut(written, random)).ShouldBe(whole, written);
        }
    }

    [Fact]
    public void Cite_only_existing_sources_within_any_other_text()
    {
        var random = new Random(12);
        // Brackets in code are not citations.
        var pieces = Array.FindAll(
            Pieces,
            piece => !piece.Contains('`', StringComparison.Ordinal) && !piece.Contains('~', StringComparison.Ordinal));
        for (var round = 0; round < 3_000; round++)
        {
            var written = string.Concat(random.GetItems(pieces, random.Next(1, 40)));

            foreach (Match marker in Marker().Matches(Verify(Cut(written, random)).Text)) marker.Groups["numbers"].Value
                .ShouldBeOneOf("1", "2", "3");
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("word [")]
    [InlineData("[a](")]
    [InlineData("【")]
    [InlineData("<a")]
    [InlineData("`a ``b ")]
    [InlineData("http://a ")]
    [InlineData("www.)")]
    [InlineData("~~~ ")]
    [InlineData("[9] ")]
    [InlineData("9, ")]
    public void Need_linear_time_for_a_long_text(string piece)
    {
        string Long(int length) => "[" + string.Concat(Enumerable.Repeat(piece, length / piece.Length));
        TimeSpan Took(string text)
        {
            var best = TimeSpan.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                var watch = Stopwatch.StartNew();
                Verify([text]);
                if (watch.Elapsed < best) best = watch.Elapsed;
            }

            return best;
        }

        Took(Long(20_000));
        var (part, whole) = (Took(Long(50_000)), Took(Long(400_000)));

        // Eight times the text should take eight times as long; quadratic work would take sixty-four times. Allow for a busy machine.
        whole.ShouldBeLessThan(
            (part * 20) + TimeSpan.FromMilliseconds(200),
            $"{part.TotalMilliseconds:0} ms, then {whole.TotalMilliseconds:0} ms");
    }

    private static (string Text, string Cited) Verify(IEnumerable<string> pieces)
    {
        var text = new VerifiedText(Sources, new KnownLinks(Sources, new TenantSettings()));
        var streamed = string.Concat(pieces.Select(text.Append)) + text.Complete();
        streamed.Length.ShouldBe(text.Text.Length);
        return (streamed, string.Join(',', text.Cited.Select(citation => citation.Number)));
    }

    private static IEnumerable<string> Cut(string text, Random random)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, 9), text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    [GeneratedRegex(@"(?<!\\)\[(?<numbers>\d+)\]")]
    private static partial Regex Marker();
}
