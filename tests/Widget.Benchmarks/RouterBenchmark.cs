using System.Diagnostics;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>How often the smart strategy routes a question to the right knowledge base, on tests/data/router-questions.tsv.</summary>
internal static class RouterBenchmark
{
    public static void Run()
    {
        var questions = RouterQuestion.Load();
        Report("odd lines, which the rules were found on", questions.Where(question => question.IsForTuning));
        Report("even lines, which they were not", questions.Where(question => !question.IsForTuning));
        Console.WriteLine();
        foreach (var language in questions.GroupBy(question => question.Language).OrderByDescending(group => group.Count()))
            Console.WriteLine($"{language.Key}: accuracy {Confusion.Of(language).Accuracy:0.0 %} of {language.Count()}");
        Console.WriteLine();
        foreach (var wrong in questions.Where(question => QuestionRouter.Decide(question.Text).Multimodal != question.Multimodal))
            Console.WriteLine(
                $"wrong: \"{wrong.Text}\" is {(wrong.Multimodal ? "multimodal" : "plain")}. {QuestionRouter.Decide(wrong.Text).Reason}");

        var watch = Stopwatch.StartNew();
        foreach (var question in questions) QuestionRouter.Decide(question.Text);
        Console.WriteLine($"{watch.Elapsed.TotalMicroseconds / questions.Count:0} µs a question");
    }

    private static void Report(string name, IEnumerable<RouterQuestion> half)
    {
        var measured = Confusion.Of(half);
        Console.WriteLine($"""

            {name}
                                  routed multimodal   routed plain
              is multimodal       {measured.Hits,17}   {measured.Misses,12}
              is plain            {measured.FalseAlarms,17}   {measured.Rejections,12}
              accuracy {measured.Accuracy:0.0 %}, precision {measured.Precision:0.0 %}, recall {measured.Recall:0.0 %}
            """);
    }
}
