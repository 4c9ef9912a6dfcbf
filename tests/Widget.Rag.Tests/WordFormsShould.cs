using Widget.Rag.Text;

namespace Widget.Rag.Tests;

public sealed class WordFormsShould
{
    [Theory]
    [InlineData("leasing", "leased")]
    [InlineData("castrating", "castration")]
    [InlineData("cats", "cat")]
    [InlineData("delivery", "deliver")]
    [InlineData("garantien", "garantie")]
    [InlineData("batterie", "battery")]
    [InlineData("größe", "grosse")]
    [InlineData("café", "cafe")]
    public void Recognise_forms_of_one_word(string first, string second)
    {
        WordForms.AreSame(first, second).ShouldBeTrue();
        WordForms.AreSame(second, first).ShouldBeTrue();
    }

    [Theory]
    [InlineData("step", "stolen")]
    [InlineData("car", "cargo")]
    [InlineData("wheel", "wheelchair")]
    [InlineData("1990", "1991")]
    [InlineData("red", "reduce")]
    public void Tell_words_apart(string first, string second) => WordForms.AreSame(first, second).ShouldBeFalse();
}
