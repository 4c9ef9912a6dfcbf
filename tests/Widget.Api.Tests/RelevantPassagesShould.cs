using Widget.Api.Answers;
using Widget.Rag.Search;

namespace Widget.Api.Tests;

/// <summary>A model reads the hits close to the best one, in order and up to a limit.</summary>
public sealed class RelevantPassagesShould
{
    [Fact]
    public void Leave_out_hits_with_much_lower_scores() =>
        Scores("How long does charging take?", (0.8, "a"), (0.5, "b"), (0.23, "c"), (0.1, "d")).ShouldBe(["a", "b"]);

    [Fact]
    public void Keep_a_hit_with_the_expected_answer_despite_its_low_score() =>
        Scores("What does it cost?", (1, "a bike"), (0.1, "a bell"), (0.05, "49 euros")).ShouldBe(["a bike", "49 euros"]);

    [Fact]
    public void Limit_the_length_of_the_text()
    {
        var (huge, small) = (new string('x', RelevantPassages.MaxCharacters - 100), new string('y', 90));

        Scores("Why?", (1, huge), (0.9, huge), (0.8, small), (0.7, small)).ShouldBe([huge, small]);
        Scores("Why?", (1, huge + huge)).ShouldBe([huge + huge], "the best one always stays");
    }

    [Fact]
    public void Limit_the_number_of_hits()
    {
        Scores("Why?", [.. Enumerable.Range(0, 20).Select(number => (1.0, $"{number}"))]).Count.ShouldBe(6);
        Scores("Why?").ShouldBeEmpty();
    }

    private static List<string> Scores(string question, params (double Score, string Text)[] hits) =>
    [
        .. RelevantPassages.Of(
            [
                .. hits.Select(hit => new Hit
                {
                    ChunkId = ChunkId.New(),
                    DocumentId = DocumentId.New(),
                    ExternalId = "x",
                    Title = "X",
                    Text = hit.Text,
                    Locator = new Locator(),
                    Score = hit.Score,
                    Origins = ["own"],
                }),
            ],
            question,
            most: 6).Select(hit => hit.Text),
    ];
}
