using FsCheck;
using FsCheck.Fluent;
using Widget.Rag.Reading;

namespace Widget.Rag.Tests.Reading;

public sealed class SentencesShould
{
    [Theory]
    [InlineData("One. Two! Three?", "One.|Two!|Three?")]
    [InlineData("It costs 4.50 euros, e.g. for students. Ask us.", "It costs 4.50 euros, e.g. for students.|Ask us.")]
    [InlineData("See www.example.com for more. Bye.", "See www.example.com for more.|Bye.")]
    [InlineData("He said \"Go.\" Then he went.", "He said \"Go.\"|Then he went.")]
    [InlineData("J. Lorenzen founded it. In 2017.", "J. Lorenzen founded it.|In 2017.")]
    [InlineData("1. Open the box\n2. Turn the handlebar", "1. Open the box|2. Turn the handlebar")]
    [InlineData("Was ist das? Das ist z.B. ein Akku.", "Was ist das?|Das ist z.B. ein Akku.")]
    [InlineData("今日は。元気？はい", "今日は。|元気？|はい")]
    [InlineData("   ", "")]
    public void End_at_sentence_marks(string text, string sentences) =>
        string.Join('|', Sentences.Of(text)).ShouldBe(sentences);

    [Fact]
    public void Be_literal_parts_of_the_text_and_leave_nothing_out() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var sentences = Sentences.Of(text.Get).ToList();
            return sentences.All(sentence => text.Get.Contains(sentence, StringComparison.Ordinal))
                && Bare(string.Concat(sentences)) == Bare(text.Get);
        }).QuickCheckThrowOnFailure();

    private static string Bare(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
