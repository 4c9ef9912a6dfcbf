using Widget.Api.Answers.SmallTalk;

namespace Widget.Api.Tests.Answers;

/// <summary>The notation of the phrase books.</summary>
public sealed class PhraseNotationShould
{
    private static readonly Dictionary<string, PhrasePattern> Parts = new(StringComparer.Ordinal)
    {
        ["who"] = PhraseNotation.Parse("(a|the) person", new Dictionary<string, PhrasePattern>(StringComparer.Ordinal)),
    };

    [Theory]
    [InlineData("good (morning|evening)", "good evening", true)]
    [InlineData("good (morning|evening)", "good", false)]
    [InlineData("thanks (so much)?", "thanks", true)]
    [InlineData("thanks (so much)?", "thanks so much", true)]
    [InlineData("thanks (so much)?", "thanks so", false)]
    [InlineData("(very|so)* nice", "so very so nice", true)]
    [InlineData("(very|so)+ nice", "nice", false)]
    [InlineData("gracious~", "graciously", true)]
    [InlineData("call me *", "call me at home", true)]
    [InlineData("call me *", "please call me", false)]
    [InlineData("get <who>", "get the person", true)]
    [InlineData("schöne Grüße | so long", "schone grusse", true)]
    public void Match(string phrase, string words, bool isMatch) =>
        PhraseNotation.Parse(phrase, Parts).IsMatch(words.Split(' ')).ShouldBe(isMatch);

    [Fact]
    public void Find_the_longest_beginning() =>
        PhraseNotation.Parse("thanks (so much)? | good", Parts).LongestPrefix(["thanks", "so", "much", "friend"]).ShouldBe(3);

    [Theory]
    [InlineData("good (morning")]
    [InlineData("good)")]
    [InlineData("(a||b)")]
    [InlineData("hel(lo)")]
    [InlineData("<nobody>")]
    [InlineData("")]
    public void Be_checked(string phrase) => Should.Throw<FormatException>(() => PhraseNotation.Parse(phrase, Parts));
}
