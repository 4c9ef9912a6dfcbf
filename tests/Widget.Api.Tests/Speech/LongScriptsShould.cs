using System.Diagnostics;
using Widget.Api.Answers;
using Widget.Api.OpenAI;
using Widget.Api.Speech.Script;

namespace Widget.Api.Tests.Speech;

/// <summary>Answers that are made to cost time, of the greatest length that an answer has: what speaks them is done at once and does not fall over.</summary>
public sealed class LongScriptsShould
{
    // It takes some milliseconds; a square takes seconds, and what comes in between is a busy machine.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    public static TheoryData<string> Texts() =>
    [
        Of("["), Of("[") + Of("]"), Of("[a]("), Of("<a"), Of("<a:"), Of("`"), Of("` `` "), Of("*a_"), Of("-") + "x", Of("- ") + "x", Of("-|") + "x", Of("|"), Of("h.") + "a", Of("www."), Of("&"),
        Of("#"), Of("> "), Of("."), Of("e.g. "), Of("\\"), Of("!["), Of("=\t") + "x", Of(" |"), Of("a | "),
    ];

    [Theory, MemberData(nameof(Texts))]
    public void Be_told_in_no_time(string text)
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
    public void Keep_the_words_of_brackets_within_brackets()
    {
        var script = new SpeechScript();
        var sentences = script.Append($"So {new string('[', 8_000)}it is{new string(']', 8_000)} now.").Concat(script.Complete()).ToList();

        string.Concat(sentences.Select(sentence => sentence.Text)).ShouldContain("it is");
    }

    private static string Of(string piece) => string.Concat(Enumerable.Repeat(piece, AnswerWriter.LongestAnswer / piece.Length));
}
