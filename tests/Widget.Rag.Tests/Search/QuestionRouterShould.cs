using Microsoft.Extensions.Logging.Abstractions;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Search;
using Widget.Rag.Search.Routing;
using Widget.Testing;

namespace Widget.Rag.Tests.Search;

public sealed class QuestionRouterShould
{
    private static readonly QuestionRouter ByWords = new();
    private static readonly QuestionRouter ByMeaning = new(SentenceModels.Shared);

    // The exact figures are in docs/decisions/0034-question-router.md. Another processor may decide a question or two otherwise.
    [Fact]
    public void Understand_the_questions_of_an_author_it_was_not_fitted_on()
    {
        var questions = RouterQuestion.HeldOut();
        questions.Count.ShouldBe(360);
        questions.Count(question => question.Multimodal).ShouldBe(180);

        var measured = Measure(questions, ByMeaning);

        measured.Accuracy.ShouldBe(0.894, tolerance: 0.01);
        measured.Precision.ShouldBe(0.859, tolerance: 0.01);
        measured.Recall.ShouldBe(0.944, tolerance: 0.01);
        Measure(questions, ByWords).Accuracy.ShouldBe(0.900, tolerance: 0.01);
    }

    [Theory]
    [InlineData("en", 0.933, 0.917)]
    [InlineData("de", 0.883, 0.917)]
    [InlineData("es", 0.850, 0.867)]
    [InlineData("fr", 0.900, 0.900)]
    [InlineData("it", 0.883, 0.883)]
    [InlineData("pt", 0.917, 0.917)]
    public void Understand_each_language_as_published(string language, double byMeaning, double byWords)
    {
        var questions = RouterQuestion.HeldOut().Where(question => question.Language == language).ToArray();
        questions.Length.ShouldBe(60);

        Measure(questions, ByMeaning).Accuracy.ShouldBe(byMeaning, tolerance: 0.02);
        Measure(questions, ByWords).Accuracy.ShouldBe(byWords, tolerance: 0.02);
    }

    [Fact]
    public void Understand_questions_about_businesses_it_was_not_fitted_on()
    {
        var questions = RouterQuestion.Validation();
        var fitted = RouterQuestion.Training().Select(question => question.Domain).ToHashSet(StringComparer.Ordinal);
        questions.Count.ShouldBe(180);
        questions.ShouldAllBe(question => !fitted.Contains(question.Domain));

        Measure(questions, ByMeaning).Accuracy.ShouldBe(0.978, tolerance: 0.02);
        Measure(questions, ByWords).Accuracy.ShouldBe(0.967, tolerance: 0.02);
    }

    [Fact]
    public void Be_fitted_on_questions_that_do_not_measure_it()
    {
        var fitted = RouterQuestion.Training().Select(Normalized).ToHashSet(StringComparer.Ordinal);

        RouterQuestion.HeldOut().Select(Normalized).ShouldAllBe(text => !fitted.Contains(text));
        RouterQuestion.Validation().Select(Normalized).ShouldAllBe(text => !fitted.Contains(text));

        static string Normalized(RouterQuestion question) => string.Join(' ', Widget.Rag.Text.Words.Of(question.Text));
    }

    [Fact]
    public void Ship_the_weights_that_fitting_gives()
    {
        RouterExample[] examples = [.. RouterQuestion.Training().Select(question => RouterExample.Of(question, sentences: null))];

        var fitted = RouterTraining.FitWords(examples);

        var shipped = RouterModel.Weights.Labels[0].WordsAlone;
        shipped.Scale.ShouldBe(fitted.Scale, tolerance: fitted.Scale / 100);
        shipped.Bias.ShouldBe(fitted.Bias, tolerance: 0.01f);
        // Another processor may round a weight the other way.
        shipped.Weights.Zip(fitted.Weights).ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) <= 1);
    }

    [Theory]
    [InlineData("Show me how the dashboard looks", true)]
    [InlineData("Is there a video of the setup?", true)]
    [InlineData("Zeigen Sie mir ein Bild", true)]
    [InlineData("How much is the Team plan?", false)]
    [InlineData("Quanto custa a entrega?", false)]
    public void Decide_plain_cases_with_and_without_the_models(string question, bool multimodal)
    {
        ByWords.Decide(question).Multimodal.ShouldBe(multimodal);
        ByMeaning.Decide(question).Multimodal.ShouldBe(multimodal);
    }

    [Fact]
    public void Decide_by_words_when_the_models_cannot_be_used()
    {
        using var broken = SentenceEmbedder.From(() => throw new IOException("No disk."), NullLogger<SentenceEmbedder>.Instance);
        var router = new QuestionRouter(broken);

        foreach (var question in RouterQuestion.HeldOut().Take(20))
            router.Decide(question.Text).ShouldBe(ByWords.Decide(question.Text));
    }

    [Theory]
    [InlineData("What does the dashboard look like?", "asks about something seen, shown or heard (")]
    [InlineData("Do you deliver to Denmark?", "does not ask about something seen, shown or heard (")]
    [InlineData("?!", "has no words")]
    public void Say_why(string question, string reason) => ByWords.Decide(question).Reason.ShouldContain(reason);

    [Fact]
    public void Decide_quickly_about_any_text()
    {
        string[] pasted =
        [
            new string('?', 5_000),
            new string('x', 50_000),
            string.Concat(Enumerable.Repeat("how where which ", 2_000)),
            string.Concat(Enumerable.Repeat("what does the ", 1_000)),
            "\ud800\0",
            "这个按钮在哪里？",
        ];
        ByWords.Decide("Warm-up");
        var start = TimeProvider.System.GetTimestamp();

        foreach (var text in pasted) ByWords.Decide(text).Reason.ShouldNotBeEmpty();

        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static Confusion Measure(IEnumerable<RouterQuestion> questions, QuestionRouter router) =>
        Confusion.Of(questions, question => router.Decide(question.Text).Multimodal);
}
