using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Search;

public sealed class QuestionRouterShould
{
    [Fact]
    public void Be_right_about_nearly_all_questions_it_was_not_made_from()
    {
        var questions = RouterQuestion.Load();
        questions.Count.ShouldBeGreaterThan(300);
        questions.Count(question => question.Multimodal).ShouldBeInRange(questions.Count * 45 / 100, questions.Count * 55 / 100);

        var measured = Confusion.Of(questions.Where(question => !question.IsForTuning));

        measured.Accuracy.ShouldBeGreaterThanOrEqualTo(0.93);
        measured.Precision.ShouldBeGreaterThanOrEqualTo(0.92);
        measured.Recall.ShouldBeGreaterThanOrEqualTo(0.9);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("es")]
    [InlineData("fr")]
    [InlineData("it")]
    [InlineData("pt")]
    public void Work_in_each_language(string language) =>
        Confusion.Of(RouterQuestion.Load().Where(question => question.Language == language)).Accuracy.ShouldBeGreaterThanOrEqualTo(0.85);

    [Theory]
    [InlineData("Show me the price", "speaks of cost")]
    [InlineData("What does the dashboard look like?", "asks what something looks like")]
    [InlineData("Do you deliver to Denmark?", "does not mention pictures")]
    public void Say_why(string question, string reason) => QuestionRouter.Decide(question).Reason.ShouldContain(reason);

    [Fact]
    public void Decide_quickly()
    {
        string[] pasted =
        [
            "",
            new string('?', 5_000),
            string.Concat(Enumerable.Repeat("how where which ", 2_000)),
            string.Concat(Enumerable.Repeat("what does the ", 1_000)),
            "\ud800\0",
        ];
        var start = TimeProvider.System.GetTimestamp();

        foreach (var text in pasted) QuestionRouter.Decide(text).Multimodal.ShouldBeFalse();

        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }
}
