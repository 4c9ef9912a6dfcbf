using Microsoft.Extensions.Logging.Abstractions;
using Widget.Api.Answers;
using Widget.Api.Offers;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings.Local;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// What visitors get without a language model, on made-up companies (tests/data/visitors) and short texts (tests/data/reading): the shares
/// of questions whose answer contains the right fact, that are answered otherwise, that get suggestions, and that find nothing.
/// </summary>
internal sealed class AnswersBenchmark
{
    private readonly Answerer _answerer;
    private readonly Dictionary<string, TenantId> _tenants;
    private readonly bool _shows;

    private AnswersBenchmark(Knowledge knowledge, Dictionary<string, TenantId> tenants, bool shows)
    {
        (_tenants, _shows) = (tenants, shows);
        _answerer = new Answerer(
            knowledge.Search,
            new QuestionRewriter(NullLogger<QuestionRewriter>.Instance),
            new ModelAnswerWriter(NullLogger<ModelAnswerWriter>.Instance),
            new PassageRater(new SentenceSimilarity(SentenceModels.Shared, TimeProvider.System)),
            new MessageOffers(new OfferReader(SentenceModels.Shared)),
            TimeProvider.System,
            NullLogger<Answerer>.Instance);
    }

    public static async Task RunAsync(string part, bool shows)
    {
        await using var database = await TestDatabase.CreateAsync();
        using var knowledge = new Knowledge(database, sentences: SentenceModels.Shared);
        var benchmark = new AnswersBenchmark(knowledge, await Visitors.ImportAsync(database, knowledge), shows);
        foreach (var set in new[] { "visitors", "reading" })
        {
            var outcomes = new List<Outcome>();
            foreach (var question in Visitors.Questions(part, set).Where(question => question.Kind != "social"))
                outcomes.Add(await benchmark.AskAsync(question));
            Console.WriteLine($"{set}, {part}: {outcomes.Count} questions");
            Print(outcomes);
        }
    }

    private async Task<Outcome> AskAsync(VisitorQuestion question)
    {
        var context = new AnswerContext(
            new TenantInfo(_tenants[question.Company], question.Company, question.Company),
            new TenantSettings(),
            new VisitorMessage { ClientId = "benchmark", Text = question.Text, Locale = question.Language },
            [],
            new Dictionary<string, string>(StringComparer.Ordinal));
        var finding = await _answerer.FindAsync(context, strategy: null, Answerer.MaxPassages, CancellationToken.None);
        var answer = await _answerer.QuoteAsync(question.Text, finding, context.Phrases, CancellationToken.None);
        var tier = answer is null ? AnswerTier.None : answer.IsSuggestion ? AnswerTier.Possible : AnswerTier.Sure;
        var text = answer?.Text ?? "";
        var right = question.Facts.Count(fact => VisitorQuestion.Contains(text, fact));
        var outcome = new Outcome(
            question,
            tier,
            question.Facts.Count > 0 && right == question.Facts.Count,
            text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
        if (_shows)
            Console.WriteLine($"{tier,-8} {(question.IsAnswerable ? outcome.IsRight ? "right" : "WRONG" : "-"),-5} "
                + $"{question.Kind} {question.Language} | {question.Text} | {string.Join(" & ", question.Facts)} | "
                + $"{finding.Probability:0.00} | {text.ReplaceLineEndings(" ⏎ ")}");
        return outcome;
    }

    private static void Print(IReadOnlyList<Outcome> outcomes)
    {
        Console.WriteLine(
            $"{"",-20} {"count",6} {"stated right",13} {"wrong",6} {"suggested",10} {"with fact",10} {"nothing",8} {"words",6}");
        foreach (var group in outcomes.GroupBy(one => $"{one.Question.Kind} {(one.Question.Language == "en" ? "en" : "other")}")
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            double Share(Func<Outcome, bool> of) => (double)group.Count(of) / group.Count();
            var words = group.Where(one => one.Tier == AnswerTier.Sure).Select(one => one.Words).Order().ToList();
            Console.WriteLine($"{group.Key,-20} {group.Count(),6} {Share(one => one.Tier == AnswerTier.Sure && one.IsRight),13:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.Sure && !one.IsRight),6:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.Possible),10:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.Possible && one.IsRight),10:0.00} "
                + $"{Share(one => one.Tier == AnswerTier.None),8:0.00} {(words.Count > 0 ? words[words.Count / 2] : 0),6}");
        }
    }

    /// <param name="Question">The question.</param>
    /// <param name="Tier">Whether passages are stated or suggested.</param>
    /// <param name="IsRight">Whether the answer contains all facts.</param>
    /// <param name="Words">The length of the answer.</param>
    private sealed record Outcome(VisitorQuestion Question, AnswerTier Tier, bool IsRight, int Words);
}
