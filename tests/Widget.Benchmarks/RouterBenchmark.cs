using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>How often the smart strategy routes a question to the right knowledge base, and the fitting of the router's weights.</summary>
internal static class RouterBenchmark
{
    private const int Folds = 5;

    private static readonly string WeightsFile =
        Path.Combine(Repository.Root, "src", "Widget.Rag", "Search", "Routing", "router-weights.bin");

    /// <summary>Measures the shipped weights on questions that they were not fitted on.</summary>
    public static void Run()
    {
        using var sentences = OpenModels();
        (string, QuestionRouter)[] routers =
            [("with the sentence models", new QuestionRouter(sentences)), ("by words alone", new QuestionRouter())];
        foreach (var (name, router) in routers)
        {
            Report($"held-out questions, {name}", RouterQuestion.HeldOut(), question => router.Decide(question.Text).Multimodal);
            Report($"validation questions, {name}", RouterQuestion.Validation(), question => router.Decide(question.Text).Multimodal);
            // These have not been asked before, so their vectors are not known yet.
            var questions = RouterQuestion.Training().Take(500).ToArray();
            var watch = Stopwatch.StartNew();
            foreach (var question in questions) router.Decide(question.Text);
            Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / questions.Length:0.00} ms a question");
        }
    }

    /// <summary>Cross-validates on the training questions, fits the weights on all of them, and writes the weights' file.</summary>
    public static void Fit()
    {
        using var sentences = OpenModels();
        RouterExample[] examples = [.. RouterQuestion.Training().Select(question => RouterExample.Of(question, sentences))];
        CrossValidate(examples);

        var weights = RouterTraining.Fit(examples);
        using (var file = File.Create(WeightsFile)) weights.Write(file);
        Console.WriteLine($"{new FileInfo(WeightsFile).Length:N0} bytes written to {WeightsFile}. Build again to use them.");
    }

    // All questions of a business, in all languages, are in one fold: a translation of a question must not be among those fitted on.
    private static void CrossValidate(RouterExample[] examples)
    {
        string[] domains =
        [
            .. examples.Select(example => example.Question.Domain)
                .Where(domain => domain != RouterQuestion.MixedDomains)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        var (withVector, wordsAlone) = (new Dictionary<RouterQuestion, bool>(), new Dictionary<RouterQuestion, bool>());
        for (var fold = 0; fold < Folds; fold++)
        {
            var measured = domains.Where((_, i) => i % Folds == fold).ToHashSet(StringComparer.Ordinal);
            var weights = RouterTraining.Fit([.. examples.Where(example => !measured.Contains(example.Question.Domain))]);
            foreach (var example in examples.Where(example => measured.Contains(example.Question.Domain)))
            {
                withVector[example.Question] = weights.Scores(example.Words, example.Vector)[0] > 0;
                wordsAlone[example.Question] = weights.Scores(example.Words, vector: null)[0] > 0;
            }
        }

        foreach (var (name, decided) in new[] { ("with the sentence models", withVector), ("by words alone", wordsAlone) })
        {
            Report($"training questions, each business unknown, {name}", Keys(former: false), question => decided[question]);
            Report($"questions of the former router, fitted without them, {name}", Keys(former: true), question => decided[question]);

            RouterQuestion[] Keys(bool former) =>
                [.. decided.Keys.Where(question => question.Domain == RouterQuestion.FormerRouter == former)];
        }
    }

    private static SentenceEmbedder OpenModels()
    {
        var sentences = new SentenceEmbedder(Path.Combine(Repository.Root, ".local", "models"), NullLogger<SentenceEmbedder>.Instance);
        return sentences.IsAvailable ? sentences : throw new InvalidOperationException("The sentence models cannot be used.");
    }

    private static void Report(string name, IReadOnlyCollection<RouterQuestion> questions, Func<RouterQuestion, bool> isMultimodal)
    {
        var all = Confusion.Of(questions, isMultimodal);
        Console.WriteLine($"""

            {questions.Count} {name}
                                  routed multimodal   routed plain
              is multimodal       {all.Hits,17}   {all.Misses,12}
              is plain            {all.FalseAlarms,17}   {all.Rejections,12}
              accuracy {Accuracy(all)}, precision {all.Precision:0.0 %}, recall {all.Recall:0.0 %}
            """);
        var languages = questions.GroupBy(question => question.Language)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key} {Accuracy(Confusion.Of(group, isMultimodal))} of {group.Count()}");
        Console.WriteLine($"  {string.Join(", ", languages)}");
    }

    private static string Accuracy(Confusion measured) =>
        $"{measured.Accuracy:0.0 %} [{measured.Interval.Low:0.0 %}, {measured.Interval.High:0.0 %}]";
}
