using Widget.Rag.Classification;
using Widget.Rag.Search.Routing;

namespace Widget.Rag.Tests.Search;

public sealed class RouterFeaturesShould
{
    [Fact]
    public void Know_the_same_topic_in_all_languages()
    {
        string[] words = ["red", "gelb", "azules", "bleu", "verde", "vermelha"];
        var colours = Array.ConvertAll(words, RouterModel.Topics.Of);

        colours.ShouldAllBe(topics => topics.Intersect(colours[0]).Any());
        RouterModel.Topics.Of("zzz").ShouldBeEmpty();
    }

    [Fact]
    public void Ignore_accents_case_and_the_value_of_digits() =>
        RouterModel.Features.Of("DÓNDE está el botón 12").ShouldBe(RouterModel.Features.Of("donde esta el boton 47"));

    [Fact]
    public void Weigh_short_and_long_questions_alike()
    {
        var lengths = new[] { "red", "is there a photo of the red chair from the side, and of the blue table next to it?" }
            .Select(question => RouterModel.Features.Of(question).Sum(feature => feature.Value * feature.Value));

        lengths.ShouldAllBe(length => Math.Abs(length - 2.5f) < 0.01f);
    }

    [Fact]
    public void Have_numbers_within_the_weights() =>
        RouterModel.Features.Of("Wie sieht das Zimmer aus?")
            .ShouldAllBe(feature => feature.Index >= 0 && feature.Index < WordFeatures.Count);

    [Fact]
    public void Refuse_weights_that_were_fitted_for_other_models()
    {
        using var file = new MemoryStream();
        RouterModel.Weights.Write(file);
        var bytes = file.ToArray();
        RouterModel.Read(new MemoryStream(bytes)).Labels[0].WordsAlone.Weights
            .ShouldBe(RouterModel.Weights.Labels[0].WordsAlone.Weights);

        // The file begins with the length and the name of the model.
        bytes[1] ^= 1;

        Should.Throw<InvalidDataException>(() => RouterModel.Read(new MemoryStream(bytes))).Message.ShouldContain("Fit them again");
    }
}
