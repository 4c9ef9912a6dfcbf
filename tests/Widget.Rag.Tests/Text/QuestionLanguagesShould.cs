using Widget.Rag.Text;

namespace Widget.Rag.Tests.Text;

public sealed class QuestionLanguagesShould
{
    [Theory]
    [InlineData("Wie lange ist die Garantie in der Schweiz?", "de", true)]
    [InlineData("How long is the warranty in Switzerland?", "en", true)]
    [InlineData("What is a die cutter?", "en", true)]
    [InlineData("die cutter", "de", false)]
    [InlineData("Quelle est la garantie en Suisse ?", "fr", true)]
    [InlineData("warranty", "", false)]
    [InlineData("", "", false)]
    public void Be_those_with_most_stop_words(string question, string languages, bool isCertain)
    {
        var found = QuestionLanguages.Of(question);

        (string.Join(' ', found.Languages), found.IsCertain).ShouldBe((languages, isCertain));
    }
}
