using System.Diagnostics;
using Widget.Api.Answers;
using Widget.Api.Speech.Script;
using Widget.Api.SpokenMarkdown;

namespace Widget.Api.Tests.Speech;

/// <summary>Answers of the greatest length, made to be slow to read. Reading them must be fast and must not overflow the stack.</summary>
[Collection(typeof(Alone))]
public sealed class LongScriptsShould
{
    // Linear reading takes some milliseconds, quadratic reading takes seconds. The limit allows for a busy machine.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    public static TheoryData<string> Texts() =>
    [
        Of("["), Of("[") + Of("]"), Of("[a]("), Of("<a"), Of("<a:"), Of("`"), Of("` `` "), Of("*a_"),
        Of("-") + "x", Of("- ") + "x", Of("-|") + "x", Of("|"), Of("h.") + "a", Of("www."), Of("&"),
        Of("#"), Of("> "), Of("."), Of("e.g. "), Of("\\"), Of("!["), Of("=\t") + "x", Of(" |"), Of("a | "),
    ];

    [Theory, MemberData(nameof(Texts))]
    public void Be_read_quickly(string text)
    {
        var watch = Stopwatch.StartNew();
        var script = new SpeechScript();
        script.Append(text);
        script.Complete();
        watch.Elapsed.ShouldBeLessThan(Soon);

        watch.Restart();
        SpokenText.Of(text);
        watch.Elapsed.ShouldBeLessThan(Soon);
    }

    [Fact]
    public void Keep_the_words_in_nested_brackets()
    {
        var script = new SpeechScript();
        var sentences = script.Append($"So {new string('[', 8_000)}it is{new string(']', 8_000)} now.").Concat(script.Complete()).ToList();

        string.Concat(sentences.Select(sentence => sentence.Text)).ShouldContain("it is");
    }

    private static string Of(string piece) => string.Concat(Enumerable.Repeat(piece, ModelAnswerWriter.MaxAnswerLength / piece.Length));
}
