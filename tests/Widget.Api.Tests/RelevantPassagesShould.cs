using Widget.Api.Answers;
using Widget.Rag.Search;

namespace Widget.Api.Tests;

/// <summary>A model reads the hits close to the best one, in order and up to a limit.</summary>
public sealed class RelevantPassagesShould
{
    [Fact]
    public void Leave_out_what_lies_far_behind_the_best() =>
        Scores("How long does charging take?", (0.8, "a"), (0.5, "b"), (0.23, "c"), (0.1, "d")).ShouldBe(["a", "b"]);

    [Fact]
    public void Keep_what_the_question_calls_for_however_far_behind() =>
        Scores("What does it cost?", (1, "a bike"), (0.1, "a bell"), (0.05, "49 euros")).ShouldBe(["a bike", "49 euros"]);

    [Fact]
    public void Hold_no_more_text_than_is_allowed()
    {
        var (huge, small) = (new string('x', RelevantPassages.MostCharacters - 100), new string('y', 90));

        Scores("Why?", (1, huge), (0.9, huge), (0.8, small), (0.7, small)).ShouldBe([huge, small]);
        Scores("Why?", (1, huge + huge)).ShouldBe([huge + huge], "the best one always stays");
    }

    [Fact]
    public void Be_no_more_than_are_wanted_and_none_of_none()
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
