using Widget.Rag.Own;
using Widget.Rag.Ranking;

namespace Widget.Rag.Tests.Ranking;

public sealed class LexicalTextShould
{
    [Theory]
    [InlineData("Wing/body interference, e.g. the boundary-layer", "Wing body interference e g the boundary layer")]
    [InlineData("don't", "don t")]
    [InlineData("TB-4711", "TB 4711 TB4711")]
    [InlineData("TB4711", "TB4711 TB 4711")]
    [InlineData("mp3 player, b2b", "mp3 player b2b")]
    [InlineData("1,299", "1299")]
    [InlineData("1.299,50 €", "1299.50")]
    [InlineData("1'000'000", "1000000")]
    [InlineData("2,5 or 2.5 l", "2.5 or 2.5 l")]
    [InlineData("version 1.2.3", "version 1 2 3 1.2.3")]
    [InlineData("2024-05-01", "2024 05 01")]
    [InlineData("Über 50-mal", "Über 50 mal 50mal")]
    [InlineData("电池充电", "电池 池充 充电")]
    [InlineData("iPhone用ケース", "iPhone 用ケ ケー ース")]
    [InlineData("車", "車")]
    [InlineData("", "")]
    [InlineData("-- . , ''", "")]
    public void Keep_the_words_that_a_reader_sees(string text, string words) => LexicalText.Prepare(text).TrimEnd().ShouldBe(words);

    [Theory]
    [InlineData("waranti", "warranti", 1, 1)]
    [InlineData("hosre", "horse", 1, 1)]
    [InlineData("derail", "derailleur", 2, null)]
    [InlineData("wanderlsutt", "wanderlust", 2, 2)]
    [InlineData("bike", "bike", 1, 0)]
    public void Count_edits(string a, string b, int allowed, int? edits) => Spelling.Edits(a, b, allowed).ShouldBe(edits);

    [Theory]
    [InlineData("the \"front light\" please", "a front light that", 1)]
    [InlineData("the “front light” please", "A FRONT-LIGHT.", 1)]
    [InlineData("„Front light“", "front a light", 0)]
    [InlineData("«front light» and \"rear light\"", "front lights, rear light", 1)]
    [InlineData("a \"light\"", "light", 0)]
    [InlineData("6\" and 7\" screens", "and 7 screens", 0)]
    public void Find_quoted_phrases(string question, string text, int found) =>
        QuotedPhrase.CountIn(QuotedPhrase.In(question), text).ShouldBe(found);
}
