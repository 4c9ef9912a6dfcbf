using Widget.Api.Answers;
using Widget.Contracts;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Reading;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Api.Tests.Answers;

public sealed class QuotedAnswerShould
{
    private const string LastSentence =
        "Please bring the key of the lock, and take bags off before you hand the bike over to us at the counter.";

    private const string LongParagraph =
        "The workshop is in the yard behind the shop and has three stands for repairs. It opens at eight. "
        + "A repair takes two days in winter and up to a week in summer, because many people come in summer with their bikes. "
        + LastSentence;

    [Fact]
    public void Quote_a_short_paragraph_whole() =>
        State(Passage("The standard charger needs four hours. The fast charger needs two.", close: "The fast charger needs two."))
            .ShouldBe("The standard charger needs four hours. The fast charger needs two. [1]");

    [Fact]
    public void Quote_only_the_closest_sentence_of_a_long_paragraph() =>
        State(Passage(LongParagraph, close: LastSentence)).ShouldBe($"{LastSentence} [1]");

    [Fact]
    public void Quote_the_sentence_that_the_closest_one_refers_back_to() =>
        State(Passage(LongParagraph, close: "It opens at eight."))
            .ShouldBe("The workshop is in the yard behind the shop and has three stands for repairs. It opens at eight. [1]");

    [Fact]
    public void Quote_an_item_with_the_line_that_introduces_its_list() =>
        State(Passage("Bring with you:\n- your passport\n- two photos\n- the signed form", close: "- two photos"))
            .ShouldBe("Bring with you:\n- two photos [1]");

    [Fact]
    public void Quote_a_row_of_a_table_with_the_names_of_its_columns() =>
        State(Passage("Plan: Silver | Price: 149 euros\nPlan: Gold | Price: 249 euros", close: "Plan: Gold | Price: 249 euros"))
            .ShouldBe("Plan | Price\n---|---\nGold | 249 euros\n\n[1]");

    [Fact]
    public void Quote_a_row_of_a_table_that_is_unlike_the_question() =>
        State(Passage("Plan: Silver | Price: 149 euros\nPlan: Gold | Price: 249 euros", close: "", others: -0.1), "Do you sell pizza?")
            .ShouldBe("Plan | Price\n---|---\nSilver | 149 euros\n\n[1]");

    [Fact]
    public void Number_the_sources_in_reading_order()
    {
        RatedPassage[] passages =
        [
            Passage("A day costs ten euros.", close: "A day costs ten euros.", probability: 0.80, number: 4),
            Passage("A week costs fifty euros.", close: "A week costs fifty euros.", probability: 0.82, number: 2),
        ];

        var answer = QuotedAnswer.State("How long?", "How long?", passages);

        answer.Text.ShouldBe("A week costs fifty euros. [1]\n\nA day costs ten euros. [2]");
        answer.Citations.Select(citation => (citation.Number, citation.Text))
            .ShouldBe([(1, "A week costs fifty euros."), (2, "A day costs ten euros.")]);
    }

    [Fact]
    public void Not_quote_the_same_text_twice()
    {
        RatedPassage[] passages =
        [
            Passage("Returns are free.", close: "Returns are free.", probability: 0.8),
            Passage("Returns are free.", close: "Returns are free.", probability: 0.8, title: "Another page"),
        ];

        QuotedAnswer.State("Returns?", "Returns?", passages).Text.ShouldBe("Returns are free. [1]");
    }

    [Fact]
    public void Quote_all_rows_that_a_comparison_names()
    {
        var table = Passage(
            "Plan: Silver | Price: 149 euros\nPlan: Gold | Price: 249 euros\nPlan: Platinum | Price: 349 euros",
            close: "Plan: Gold | Price: 249 euros");

        State(table, "Which is cheaper, Gold or Platinum?")
            .ShouldBe("Plan | Price\n---|---\nGold | 249 euros\nPlatinum | 349 euros\n\n[1]");
        State(table, "Which plan is the cheapest?").ShouldContain("Silver | 149 euros\nGold | 249 euros\nPlatinum | 349 euros");
        State(table, "What does Gold cost?").ShouldBe("Plan | Price\n---|---\nGold | 249 euros\n\n[1]");
    }

    [Fact]
    public void Quote_the_passages_on_both_sides_of_a_comparison()
    {
        RatedPassage[] passages =
        [
            Passage("The Step goes 90 kilometres.", close: "The Step goes 90 kilometres.", probability: 0.9, title: "Step"),
            Passage("The Cargo goes 70 kilometres.", close: "The Cargo goes 70 kilometres.", probability: 0.5, title: "Cargo"),
        ];

        const string Comparison = "Which bike goes further, the Step or the Cargo? What is the difference?";
        QuotedAnswer.State(Comparison, Comparison, passages).Citations.Count.ShouldBe(2);
        QuotedAnswer.State("How far does the Step go?", "How far does the Step go?", passages).Citations.Count.ShouldBe(1);
    }

    [Fact]
    public void Not_suggest_a_translation_of_a_page_in_the_visitors_language()
    {
        RatedPassage[] passages =
        [
            Passage("Das Parken ist frei.", close: "Das Parken ist frei.", probability: 0.4) with { IsForeign = true },
            Passage("Parking is free.", close: "Parking is free.", probability: 0.2),
        ];

        QuotedAnswer.Suggest("Maybe:", "My car?", "My car?", passages).Text.ShouldBe("Maybe:\n\n**Page**: Parking is free. [1]");
        QuotedAnswer.Suggest("Maybe:", "My car?", "My car?", passages[..1]).Text.ShouldContain("Das Parken ist frei.");
    }

    [Fact]
    public void Name_the_page_and_the_heading_of_a_suggestion()
    {
        var passage = Passage("- your passport", close: "- your passport", probability: 0.2, title: "First *visit*");
        passage = passage with { Passage = passage.Passage with { Headings = ["First *visit*", "What to bring"] } };

        QuotedAnswer.Suggest("Maybe:", "Papers?", "Papers?", [passage]).Text
            .ShouldBe("Maybe:\n\n**First visit › What to bring**\n\n- your passport [1]");
    }

    [Fact]
    public void Begin_a_suggested_table_on_a_line_of_its_own()
    {
        var row = Passage("Plan: Gold | Price: 249 euros", close: "Plan: Gold | Price: 249 euros", probability: 0.2, title: "Prices");

        QuotedAnswer.Suggest("Maybe:", "Gold?", "Gold?", [row]).Text
            .ShouldBe("Maybe:\n\n**Prices**\n\nPlan | Price\n---|---\nGold | 249 euros\n\n[1]");
    }

    [Fact]
    public void Say_for_which_part_of_a_question_passages_may_help()
    {
        var suggestions = Suggestions.For(Phrases.For("en", ""));

        suggestions.IntroFor("is it free?").ShouldBe("I'm not sure about “is it free”, but this might help:");
    }

    [Fact]
    public void Suggest_the_most_probable_passages_first()
    {
        RatedPassage[] passages =
        [
            Passage("We close at six.", close: "We close at six.", probability: 0.2),
            Passage("Parking is free.", close: "Parking is free.", probability: 0.4),
        ];

        var answer = QuotedAnswer.Suggest("This might help:", "My car?", "My car?", passages);

        (answer.Text, answer.IsSuggestion).ShouldBe((
            "This might help:\n\n**Page**: Parking is free. [1]\n\n**Page**: We close at six. [2]",
            true));
    }

    [Fact]
    public void Number_the_sources_of_all_parts_of_a_question_together()
    {
        var parking = Passage("Parking is free.", close: "Parking is free.");
        var hours = Passage("We close at six.", close: "We close at six.");

        var answer = QuotedAnswer.Join(
        [
            QuotedAnswer.State("Parking?", "Parking?", [parking]),
            QuotedAnswer.State("Hours?", "Hours?", [hours]),
            QuotedAnswer.Missing("Nothing about the weather."),
        ]);

        answer.Text.ShouldBe("Parking is free. [1]\n\nWe close at six. [2]\n\nNothing about the weather.");
        answer.Citations.Select(citation => citation.Number).ShouldBe([1, 2]);
        answer.IsSuggestion.ShouldBeFalse();
    }

    [Fact]
    public void Prefer_the_sentence_that_has_what_the_question_asks_for() =>
        State(
            Passage(
                $"{LongParagraph} The course costs 90 euros and includes lunch, the bike, and a helmet for the day.",
                close: "It opens at eight.",
                others: 0.4),
            "What does the course cost?")
            .ShouldContain("90 euros");

    [Fact]
    public void Not_be_given_when_no_passage_has_the_telephone_number_that_is_asked_for() =>
        QuotedAnswer.From("", "What is your phone number?", "?", [Passage("Write to us.", close: "Write to us.")]).ShouldBeNull();

    [Fact]
    public void Not_state_an_unlikely_passage_because_it_alone_has_an_amount()
    {
        RatedPassage[] passages =
        [
            Passage("The Gold plan has all features.", close: "The Gold plan has all features.", probability: 0.9),
            Passage("The Silver plan costs 19 euros.", close: "The Silver plan costs 19 euros.", probability: 0.2),
        ];

        QuotedAnswer.From("Maybe:", "What does the Gold plan cost?", "?", passages).ShouldNotBeNull().IsSuggestion.ShouldBeTrue();
    }

    [Fact]
    public void Suggest_only_passages_that_may_help()
    {
        RatedPassage[] passages =
        [
            Passage("Parking is free.", close: "Parking is free.", probability: 0.2),
            Passage("We close at six.", close: "We close at six.", probability: 0.01),
        ];

        QuotedAnswer.From("Maybe:", "My car?", "?", passages)!.Text.ShouldBe("Maybe:\n\n**Page**: Parking is free. [1]");
    }

    [Fact]
    public void Put_what_is_certain_before_suggestions_and_offer_a_person_for_the_rest()
    {
        var sure = Passage("We close at six.", close: "We close at six.");
        var unsure = Passage("Parking is free.", close: "Parking is free.", probability: 0.2);

        var answer = QuotedAnswer.Join(
        [
            QuotedAnswer.From("Maybe:", "My car?", "?", [unsure])!,
            QuotedAnswer.From("Maybe:", "Hours?", "?", [sure])!,
            QuotedAnswer.From("Maybe:", "Until when?", "?", [Passage("We close at six.", close: "We close at six.", number: 3)])!,
        ]);

        answer.Text.ShouldBe("We close at six. [1]\n\nMaybe:\n\n**Page**: Parking is free. [2]");
        (answer.IsSuggestion, answer.IsComplete).ShouldBe((false, false));
    }

    [Fact]
    public void Repeat_a_missing_part_as_plain_text()
    {
        var suggestions = Suggestions.For(Phrases.For("en", ""));

        suggestions.MissingFor("and [1] (https://a.example)?").ShouldContain(@"\[1]");
        suggestions.MissingFor(new string('a', 4_000)).Length.ShouldBeLessThan(200);
    }

    [Fact]
    public async Task Be_possible_for_a_passage_without_a_sentence()
    {
        var hit = new Hit { ExternalId = "a", Title = "A", Text = " ", Locator = new Locator(), Score = 1, Origins = ["own"] };

        var rated = await new PassageRater(new SentenceSimilarity(SentenceModels.Shared, TimeProvider.System))
            .RateAsync("Anything?", [hit], TestContext.Current.CancellationToken);

        QuotedAnswer.State("Anything?", "Anything?", rated).Citations.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(0.5, AnswerTier.Sure)]
    [InlineData(0.49, AnswerTier.Possible)]
    [InlineData(0.1, AnswerTier.Possible)]
    [InlineData(0.09, AnswerTier.None)]
    public void Be_stated_suggested_or_left_out_by_the_probability(double probability, AnswerTier tier) =>
        PassageRater.TierOf([Passage("x", close: "x", probability), Passage("y", close: "y", probability: 0.01)]).ShouldBe(tier);

    [Fact]
    public void Find_nothing_without_passages() => PassageRater.TierOf([]).ShouldBe(AnswerTier.None);

    private static string State(RatedPassage passage, string question = "?") => QuotedAnswer.State(question, question, [passage]).Text;

    // The given sentence is closer to the question than the others.
    private static RatedPassage Passage(
        string text,
        string close,
        double probability = 0.9,
        int number = 1,
        string title = "Page",
        double others = 0.15) => new(
        new Citation(number, title, null, [], null, text, ["own"]),
        probability,
        [.. Sentences.Of(text).Select(sentence => Rated(sentence, sentence == close ? 0.8 : others))]);

    private static RatedSentence Rated(string sentence, double similarity) => new(sentence, 2 * similarity);
}
