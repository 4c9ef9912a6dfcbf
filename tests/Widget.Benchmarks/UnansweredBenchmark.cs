using Microsoft.Extensions.Logging.Abstractions;
using Widget.Api.Analytics.Unanswered;
using Widget.Rag.Embeddings.Local;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// How well unanswered questions about the same thing are grouped (tests/data/unanswered). Measured by B-cubed (Bagga and Baldwin 1998):
/// for each question, the share of its group that asks the same, and the share of those who ask the same that are in its group.
/// </summary>
internal static class UnansweredBenchmark
{
    private const double Step = 0.05;

    /// <summary>Measures the thresholds in use.</summary>
    public static void Run(string part)
    {
        using var sentences = OpenModels();
        foreach (var (language, asked) in ByLanguage(part))
        {
            Console.WriteLine($"{part}, {language}, with the sentence models: {Measure(asked, Embed(asked, sentences), new())}");
            Console.WriteLine($"{part}, {language}, by words alone:           {Measure(asked, Embed(asked, null), new())}");
        }
    }

    /// <summary>Tries thresholds on the questions to fit on, and prints how well each does.</summary>
    public static void Fit()
    {
        using var sentences = OpenModels();
        var languages = ByLanguage("fit").ToDictionary(part => part.Language, part => part.Asked);
        var english = languages["en"];
        var others = languages.Where(part => part.Key != "en").SelectMany(part => part.Value).ToList();
        Print("English, by meaning", english, Embed(english, sentences), least => new() { Meaning = least });
        Print("English, by spelling", english, Embed(english, null), least => new() { Spelling = least });
        Print("other languages, by spelling", others, Embed(others, null), least => new() { Spelling = least });

        static void Print(
            string title,
            IReadOnlyList<Asked> asked,
            IReadOnlyDictionary<string, QuestionVectors> vectors,
            Func<double, QuestionThresholds> thresholds)
        {
            Console.WriteLine(title);
            for (var step = 5; step <= 16; step++)
                Console.WriteLine($"  {step * Step:0.00}: {Measure(asked, vectors, thresholds(step * Step))}");
        }
    }

    private static SentenceEmbedder OpenModels()
    {
        var sentences = new SentenceEmbedder(
            Path.Combine(Repository.Root, ".local", "models"),
            NullLogger<SentenceEmbedder>.Instance);
        return sentences.IsAvailable ? sentences : throw new InvalidOperationException("The sentence models cannot be used.");
    }

    private static IEnumerable<(string Language, IReadOnlyList<Asked> Asked)> ByLanguage(string part) => File
        .ReadLines(Path.Combine(Repository.Root, "tests", "data", "unanswered", $"{part}.tsv"))
        .Skip(1)
        .Select(line => line.Split('\t'))
        .Select(row => new Asked(row[0], row[1], row[2], row[3]))
        .GroupBy(question => question.Language)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => (group.Key, (IReadOnlyList<Asked>)[.. group]));

    private static Dictionary<string, QuestionVectors> Embed(IEnumerable<Asked> questions, SentenceEmbedder? sentences) =>
        questions.Select(question => question.Text).Distinct().ToDictionary(text => text, text => QuestionVectors.Of(text, sentences));

    private static GroupingScore Measure(
        IReadOnlyList<Asked> asked,
        IReadOnlyDictionary<string, QuestionVectors> vectors,
        QuestionThresholds thresholds)
    {
        var groups = new Dictionary<Asked, Guid>();
        foreach (var company in asked.GroupBy(question => question.Company))
        {
            var known = new QuestionGroups([], thresholds);
            foreach (var question in company)
                groups[question] = known.Add(question.Text, vectors[question.Text]).Id;
        }

        double precision = 0, recall = 0;
        foreach (var question in asked)
        {
            var (inGroup, same, both) = (0, 0, 0);
            foreach (var other in asked)
            {
                var (isInGroup, isSame) = (groups[other] == groups[question], Key(other) == Key(question));
                if (isInGroup) inGroup++;
                if (isSame) same++;
                if (isInGroup && isSame) both++;
            }

            precision += (double)both / inGroup / asked.Count;
            recall += (double)both / same / asked.Count;
        }

        return new GroupingScore(asked.Count, asked.DistinctBy(Key).Count(), groups.Values.Distinct().Count(), precision, recall);
    }

    private static (string, string, string) Key(Asked question) => (question.Company, question.Language, question.Topic);

    private sealed record Asked(string Company, string Language, string Topic, string Text);

    private sealed record GroupingScore(int Questions, int Things, int Groups, double Precision, double Recall)
    {
        public double F1 => 2 * Precision * Recall / (Precision + Recall);

        public override string ToString() =>
            $"{Questions} questions about {Things} things in {Groups} groups; precision {Precision:0.000}, recall {Recall:0.000}, "
            + $"F1 {F1:0.000}";
    }
}
