using Widget.Api.Answers;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// What visitors get without a language model, on made-up companies (tests/data/visitors): the shares of questions whose answer contains
/// the right fact, that are answered otherwise, that get suggestions, and that find nothing.
/// </summary>
internal static class AnswersBenchmark
{
    public static async Task RunAsync(string dataset, bool shows)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database, sentences: SentenceModels.Shared);
        var tenants = await Visitors.ImportAsync(database, knowledge);
        var rater = new PassageRater(new SentenceSimilarity(SentenceModels.Shared, TimeProvider.System));
        var outcomes = new List<(VisitorQuestion Question, AnswerTier Tier, int Right, int Words)>();
        foreach (var question in Visitors.Questions(dataset).Where(question => question.Kind != "social"))
        {
            var parts = new List<QuotedAnswer?>();
            var probability = 0.0;
            foreach (var part in QuestionParts.Split(question.Text))
            {
                var found = await knowledge.Base.SearchAsync(
                    new KnowledgeQuery { TenantId = tenants[question.Company], Text = part, Limit = 6 },
                    CancellationToken.None);
                var rated = await rater.RateAsync(part, found.Hits, CancellationToken.None);
                probability = Math.Max(probability, rated.Select(one => one.Probability).DefaultIfEmpty().Max());
                parts.Add(QuotedAnswer.From("", part, part, rated));
            }

            var answers = parts.OfType<QuotedAnswer>().ToList();
            var answer = answers.Count == 0 ? null : QuotedAnswer.Join(answers);
            var tier = answer is null ? AnswerTier.None : answer.IsSuggestion ? AnswerTier.Possible : AnswerTier.Sure;
            var text = answer?.Text ?? "";
            var right = question.Facts.Count(fact => VisitorQuestion.Contains(text, fact));
            outcomes.Add((question, tier, right, text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length));
            if (shows)
                Console.WriteLine($"{tier,-8} {(question.IsAnswerable ? right == question.Facts.Count ? "right" : "WRONG" : "-"),-5} "
                    + $"{question.Kind} {question.Language} | {question.Text} | {string.Join(" & ", question.Facts)} | "
                    + $"{probability:0.00} | {text.ReplaceLineEndings(" ⏎ ")}");
        }

        Console.WriteLine($"{dataset}: {outcomes.Count} questions");
        Console.WriteLine(
            $"{"",-20} {"count",6} {"stated right",13} {"wrong",6} {"suggested",10} {"with fact",10} {"nothing",8} {"words",6}");
        foreach (var group in outcomes.GroupBy(one => $"{one.Question.Kind} {(one.Question.Language == "en" ? "en" : "other")}")
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            double Share(Func<(VisitorQuestion Question, AnswerTier Tier, int Right, int Words), bool> of) =>
                (double)group.Count(of) / group.Count();
            bool IsRight((VisitorQuestion Question, AnswerTier Tier, int Right, int Words) one) =>
                one.Question.Facts.Count > 0 && one.Right == one.Question.Facts.Count;
            var words = group.Where(one => one.Tier == AnswerTier.Sure).Select(one => one.Words).Order().ToList();
            Console.WriteLine($"{group.Key,-20} {group.Count(),6} {Share(one => one.Tier == AnswerTier.Sure && IsRight(one)),13:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.Sure && !IsRight(one)),6:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.Possible),10:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.Possible && IsRight(one)),10:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.None),8:0.00} {(words.Count > 0 ? words[words.Count / 2] : 0),6}");
        }
    }
}
