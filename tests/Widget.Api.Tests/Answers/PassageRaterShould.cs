using Widget.Api.Answers;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Api.Tests.Answers;

/// <summary>With the sentence models. The passages are those of a shop that sells bikes.</summary>
public sealed class PassageRaterShould
{
    private static readonly PassageRater Rater = new(new SentenceSimilarity(SentenceModels.Shared, TimeProvider.System));

    [Fact]
    public async Task State_a_passage_that_answers()
    {
        var rated = await RateAsync(
            "How long does charging take?",
            Hit("Battery", "Charging takes four hours with the standard charger.", coverage: 0.6));

        PassageRater.TierOf(rated).ShouldBe(AnswerTier.Sure);
    }

    [Fact]
    public async Task Only_suggest_a_passage_about_something_similar()
    {
        var rated = await RateAsync(
            "My bike was stolen",
            Hit("Returns", "Photograph the box before you open it. A damaged bike is replaced free of charge.", coverage: 0.2));

        PassageRater.TierOf(rated).ShouldBe(AnswerTier.Possible);
    }

    [Fact]
    public async Task Find_nothing_in_a_passage_about_something_else()
    {
        var rated = await RateAsync("Who won the world cup in 2010?", Hit("Returns", "We refund the price within a week.", coverage: 0));

        PassageRater.TierOf(rated).ShouldBe(AnswerTier.None);
    }

    [Fact]
    public async Task Prefer_the_price_of_what_is_asked_about_to_other_amounts_on_its_page()
    {
        var rated = await RateAsync(
            "What does the Tide Step cost?",
            Hit("Tide Step", "It comes in three colours. Custom paint costs 180 euros.", coverage: 1),
            Hit("Prices", "Model: Tide Step | Price: 2,890 euros\nModel: Tide Cargo | Price: 4,650 euros", coverage: 0.7));

        rated.MaxBy(passage => passage.Probability)!.Passage.Title.ShouldBe("Prices");
    }

    [Fact]
    public async Task Find_the_sentence_that_leaves_out_what_the_page_is_about()
    {
        var rated = await RateAsync(
            "Who designed the Korvan Bridge?",
            Hit(
                "The Korvan Bridge",
                "The Korvan Bridge spans the river Ulm above the town of Hestra. Its architect was Adela Mertin, an engineer.",
                coverage: 0.5));

        rated[0].Sentences.MaxBy(sentence => sentence.Closeness).Text.ShouldContain("Adela Mertin");
    }

    [Theory]
    [InlineData("Was kostet das Tide Step?")]
    [InlineData("¿Cuánto cuesta la Tide Step?")]
    [InlineData("Combien coûte le Tide Step ?")]
    public async Task Suggest_but_never_state_a_passage_in_another_language(string question)
    {
        var rated = await RateAsync(
            question,
            Hit("Tide Step", "The Tide Step is our commuter bike. It costs 2,890 euros and is delivered within two weeks.", coverage: 0.9));

        rated[0].IsForeign.ShouldBeTrue();
        PassageRater.TierOf(rated).ShouldBe(AnswerTier.Possible);
    }

    [Fact]
    public async Task Rate_a_later_passage_that_has_the_amount_asked_for()
    {
        var hits = Enumerable.Range(0, 5).Select(i => Hit($"Page {i}", $"The bike number {i} is fast.", coverage: 0.5))
            .Append(Hit("Prices", "The bike costs 900 euros.", coverage: 0.2));

        (await RateAsync("What does the bike cost?", [.. hits])).ShouldContain(passage => passage.Passage.Title == "Prices");
    }

    private static Task<IReadOnlyList<RatedPassage>> RateAsync(string question, params Hit[] hits) =>
        Rater.RateAsync(question, hits, TestContext.Current.CancellationToken);

    private static Hit Hit(string title, string text, double coverage) => new()
    {
        ExternalId = title,
        Title = title,
        Text = text,
        Locator = new Locator(),
        Score = 1,
        Origins = ["own"],
        Signals = new RelevanceSignals(coverage, Spelling: null, Meaning: 0.3),
    };
}
