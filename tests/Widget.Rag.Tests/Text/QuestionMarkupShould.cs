using Widget.Rag.Text;

namespace Widget.Rag.Tests.Text;

public sealed class QuestionMarkupShould
{
    [Theory]
    [InlineData("What about the **warranty**?", "What about the warranty?")]
    [InlineData("_How_ long is the __warranty__", "How long is the warranty")]
    [InlineData("<b>warranty</b> of the<br>frame", "warranty of the frame")]
    [InlineData("[warranty](https://www.example.com/warranty?a=b \"Terms\")", "warranty")]
    [InlineData("![warranty](a.png) of the [frame][1]", "warranty of the frame")]
    [InlineData("```sh\nhow to install\n```", "how to install")]
    [InlineData("what does `git push` do", "what does git push do")]
    [InlineData("# Warranty\n> on frames\n- and forks", "Warranty on frames and forks")]
    [InlineData("~~old~~ ***new*** price", "old new price")]
    [InlineData("fish &amp; chips", "fish & chips")]
    public void Leave_the_words(string question, string words) => QuestionMarkup.Strip(question).ShouldBe(words);

    [Theory]
    [InlineData("What does C# cost? And C++?")]
    [InlineData("5 * 4 < 30 and 7 > 3")]
    [InlineData("the part_no of snake_case_names")]
    [InlineData("is it <3 kg?")]
    [InlineData("**")]
    [InlineData("<br>")]
    [InlineData("How long is the warranty?")]
    public void Leave_what_is_no_markup(string question) => QuestionMarkup.Strip(question).ShouldBe(question);
}
