using System.Diagnostics;
using Widget.Rag.Ranking;
using Widget.Rag.Reading;
using Widget.Rag.Text;

namespace Widget.Rag.Tests.Reading;

/// <summary>Documents designed to take long: a million characters are split and prepared in time.</summary>
public sealed class LongTextsShould
{
    // Linear time takes a fraction of a second; quadratic time would take many minutes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(".")]
    [InlineData(".a")]
    [InlineData("!)")]
    [InlineData("e.g. ")]
    [InlineData("1. ")]
    [InlineData("a")]
    [InlineData("a-")]
    [InlineData("1,")]
    [InlineData("日")]
    [InlineData(" | ")]
    [InlineData("\n")]
    public void Be_split_and_prepared_in_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length)) + "x";
        var watch = Stopwatch.StartNew();

        Sentences.Of(text).Count().ShouldBeGreaterThan(0);
        foreach (var kind in new[] { BlockKind.Paragraph, BlockKind.Table, BlockKind.Code })
            new Chunker().Cut(new ExtractedDocument(null, null, [new Block(kind, text)])).Count.ShouldBeGreaterThan(0);
        LexicalText.Prepare(text);
        LanguageDetector.Detect(text);

        watch.Elapsed.ShouldBeLessThan(Soon);
    }
}
