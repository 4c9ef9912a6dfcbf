using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A test question with its expected result: the sources that answer it, facts the answer must contain, or a refusal.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EvaluationQuestionRequest : IValidatableObject
{
    /// <summary>A unique name. Importing a question with the same name replaces it. Defaults to the question.</summary>
    [StringLength(200, ErrorMessage = "The name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The question.</summary>
    [Required(ErrorMessage = "The question is empty.")]
    [StringLength(2_000, ErrorMessage = "The text can have at most 2,000 characters.")]
    public string Text { get; init; } = "";

    /// <summary>The widget's language for this question, ISO 639-1. Detected from the text if omitted.</summary>
    [RegularExpression("[a-z]{2}", ErrorMessage = "The language must be an ISO 639-1 code, such as en.")]
    public string? Language { get; init; }

    /// <summary>Documents that answer the question, by external ID or address. Finding any of them is correct.</summary>
    [MaxLength(50, ErrorMessage = "A question can have at most 50 sources.")]
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>Facts that the answer must all contain. Case and white space are ignored.</summary>
    [MaxLength(50, ErrorMessage = "A question can have at most 50 facts.")]
    public IReadOnlyList<string>? Facts { get; init; }

    /// <summary>Whether the knowledge base has no answer, so that the assistant must say so.</summary>
    public bool ShouldRefuse { get; init; }

    /// <summary>Tags for running a subset of the questions.</summary>
    [MaxLength(20, ErrorMessage = "A question can have at most 20 tags.")]
    public IReadOnlyList<string>? Tags { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Sources?.Any(source => string.IsNullOrWhiteSpace(source) || source.Length > 2_000) == true)
            yield return new("A source must have 1 to 2,000 characters.", [nameof(Sources)]);
        if (Facts?.Any(fact => string.IsNullOrWhiteSpace(fact) || fact.Length > 500) == true)
            yield return new("A fact must have 1 to 500 characters.", [nameof(Facts)]);
        if (Tags?.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > 100) == true)
            yield return new("A tag must have 1 to 100 characters.", [nameof(Tags)]);
        if (ShouldRefuse && (Sources is { Count: > 0 } || Facts is { Count: > 0 }))
            yield return new("A question that should be refused must not have sources or facts.", [nameof(ShouldRefuse)]);
        if (!ShouldRefuse && Sources is not { Count: > 0 } && Facts is not { Count: > 0 })
            yield return new("Name at least one source or one fact, or set shouldRefuse.", [nameof(Sources)]);
    }
}

/// <summary>A stored test question.</summary>
public sealed record EvaluationQuestion(
    Guid Id,
    string Name,
    string Text,
    string? Language,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Facts,
    bool ShouldRefuse,
    IReadOnlyList<string> Tags);

public sealed record EvaluationQuestionPage(IReadOnlyList<EvaluationQuestion> Questions, int Total);

/// <param name="Added">Number of new questions.</param>
/// <param name="Replaced">Number of questions that replaced one with the same name.</param>
/// <param name="Failed">Rejected questions, with the reason.</param>
public sealed record EvaluationImport(int Added, int Replaced, IReadOnlyList<FailedDocument> Failed);

/// <summary>Options of an evaluation run.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EvaluationRunRequest
{
    /// <summary>The search strategy. Defaults to the tenant's strategy.</summary>
    public SearchStrategyName? Strategy { get; init; }

    /// <summary>Whether to also write answers, with the model that answers visitors. If false, only the search is measured.</summary>
    public bool Answer { get; init; }

    /// <summary>Maximum number of questions, ordered by name. Defaults to all.</summary>
    [Range(1, 2_000, ErrorMessage = "limit must be between 1 and 2,000.")]
    public int? Limit { get; init; }

    /// <summary>Run only questions with at least one of these tags.</summary>
    [MaxLength(20, ErrorMessage = "There can be at most 20 tags.")]
    public IReadOnlyList<string>? Tags { get; init; }
}

[JsonConverter(typeof(StrictEnumConverter<EvaluationStatus>))]
public enum EvaluationStatus
{
    [JsonStringEnumMemberName("queued")]
    Queued,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("finished")]
    Finished,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>An evaluation run.</summary>
/// <param name="Id">ID of the run.</param>
/// <param name="Status">Status of the run.</param>
/// <param name="Strategy">The search strategy.</param>
/// <param name="Answer">Whether answers are written.</param>
/// <param name="Done">Number of questions completed.</param>
/// <param name="Total">Number of questions.</param>
/// <param name="Documents">Number of the tenant's documents at the start.</param>
/// <param name="Chunks">Number of the tenant's passages at the start.</param>
/// <param name="Metrics">Metrics of the completed questions; null before the first one.</param>
/// <param name="Error">Why the run failed.</param>
/// <param name="CreatedAt">When the run was requested.</param>
/// <param name="FinishedAt">When the run ended; null while it is in progress.</param>
public sealed record EvaluationRun(
    Guid Id,
    EvaluationStatus Status,
    SearchStrategyName Strategy,
    bool Answer,
    int Done,
    int Total,
    int Documents,
    int Chunks,
    EvaluationMetrics? Metrics,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt);

/// <summary>A run with the result of each question, in order.</summary>
public sealed record EvaluationReport(EvaluationRun Run, IReadOnlyList<EvaluationResult> Results);

/// <summary>
/// Metrics of a run. Shares are between 0 and 1, and null without a relevant question. docs/evaluation.md lists the formulas.
/// </summary>
public sealed record EvaluationMetrics
{
    /// <summary>Number of questions completed.</summary>
    public int Questions { get; init; }

    /// <summary>Number of questions that met all expectations.</summary>
    public int Passed { get; init; }

    /// <summary>Number of questions that failed with an error.</summary>
    public int Errors { get; init; }

    /// <summary>Share of the questions with expected sources whose first hit is one of them.</summary>
    public double? HitRateAt1 { get; init; }

    /// <summary>Share with an expected source among the first three hits.</summary>
    public double? HitRateAt3 { get; init; }

    /// <summary>Share with an expected source among the first five hits.</summary>
    public double? HitRateAt5 { get; init; }

    /// <summary>Share with an expected source among the first ten hits.</summary>
    public double? HitRateAt10 { get; init; }

    /// <summary>Mean reciprocal rank of the first expected source within the first ten hits.</summary>
    public double? Mrr { get; init; }

    /// <summary>Mean normalised discounted cumulative gain of the expected sources within the first ten hits.</summary>
    public double? NdcgAt10 { get; init; }

    /// <summary>Share of all expected facts that were found.</summary>
    public double? FactRecall { get; init; }

    public int Answered { get; init; }

    public int Refused { get; init; }

    /// <summary>Number of correct refusals.</summary>
    public int RightRefusals { get; init; }

    /// <summary>Number of refusals of questions that should have been answered.</summary>
    public int WrongRefusals { get; init; }

    /// <summary>Number of answers to questions that should have been refused.</summary>
    public int WrongAnswers { get; init; }

    /// <summary>Median time per question, in milliseconds.</summary>
    public double? MedianMilliseconds { get; init; }

    /// <summary>95th percentile of the time per question, in milliseconds.</summary>
    public double? P95Milliseconds { get; init; }
}

/// <summary>The result of a question.</summary>
/// <param name="Question">The question as it was when the run started.</param>
/// <param name="Passed">Whether all expectations were met.</param>
/// <param name="Refused">Whether the assistant says that it does not know.</param>
/// <param name="Confidence">Confidence of the search, 0 to 1.</param>
/// <param name="Rank">Rank of the first hit from an expected source, from 1; null if none is among the first ten.</param>
/// <param name="Ndcg">Normalised discounted cumulative gain of the first ten hits, 0 to 1; null without expected sources.</param>
/// <param name="Hits">Documents of the first ten hits, best first.</param>
/// <param name="MissingFacts">Expected facts that were not found.</param>
/// <param name="Answer">The answer; null if none was requested.</param>
/// <param name="Outcome">How the answer was produced.</param>
/// <param name="Milliseconds">Time in milliseconds.</param>
/// <param name="Error">The error, if the question failed.</param>
public sealed record EvaluationResult(
    EvaluationQuestion Question,
    bool Passed,
    bool Refused,
    double Confidence,
    int? Rank,
    double? Ndcg,
    IReadOnlyList<EvaluationHit> Hits,
    IReadOnlyList<string> MissingFacts,
    string? Answer,
    AnswerOutcome? Outcome,
    double Milliseconds,
    string? Error);

public sealed record EvaluationHit(string ExternalId, string Title, string? Url);

/// <summary>A comparison of two runs.</summary>
/// <param name="Run">The later run.</param>
/// <param name="To">The earlier run.</param>
/// <param name="Better">Questions that now pass, or whose source now ranks higher.</param>
/// <param name="Worse">Questions that no longer pass, or whose source now ranks lower.</param>
/// <param name="Added">Questions only in the later run.</param>
/// <param name="Removed">Questions only in the earlier run.</param>
/// <param name="Deltas">Later minus earlier value, by metric. Metrics that one of the runs lacks are left out.</param>
public sealed record EvaluationDiff(
    EvaluationRun Run,
    EvaluationRun To,
    IReadOnlyList<EvaluationChange> Better,
    IReadOnlyList<EvaluationChange> Worse,
    IReadOnlyList<EvaluationQuestion> Added,
    IReadOnlyList<EvaluationQuestion> Removed,
    IReadOnlyDictionary<string, double> Deltas);

public sealed record EvaluationChange(EvaluationResult Before, EvaluationResult After);

/// <summary>Asks the assistant a question without a conversation.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TrialRequest
{
    /// <summary>The question.</summary>
    [VisibleText(ErrorMessage = "The question is empty.")]
    [StringLength(2_000, ErrorMessage = "The question can have at most 2,000 characters.")]
    public string Question { get; init; } = "";

    /// <summary>The widget's language, ISO 639-1. Detected from the question if omitted.</summary>
    [RegularExpression("[a-z]{2}", ErrorMessage = "The language must be an ISO 639-1 code, such as en.")]
    public string? Language { get; init; }

    /// <summary>The search strategy. Defaults to the tenant's strategy.</summary>
    public SearchStrategyName? Strategy { get; init; }

    /// <summary>The weight of the Tavus knowledge base, 0 to 1. Defaults to the tenant's weight.</summary>
    [Range(0.0, 1.0, ErrorMessage = "tavusKBWeight must be between 0 and 1.")]
    public double? TavusKBWeight { get; init; }
}

/// <summary>What the assistant answers, and how it came to the answer.</summary>
/// <param name="Text">The answer in Markdown, with citations such as <c>[1]</c>.</param>
/// <param name="Outcome">How it was produced.</param>
/// <param name="Citations">The passages that it cites.</param>
/// <param name="OffersPerson">Whether it offers a person.</param>
/// <param name="Searched">What was searched for, if it differs from the question.</param>
/// <param name="Hits">The passages that were found, best first.</param>
/// <param name="Used">The ranks of the passages that the answer was written from.</param>
/// <param name="Confidence">Probability that the passages answer the question, 0 to 1.</param>
/// <param name="Trace">How the passages were found.</param>
/// <param name="Milliseconds">Time of search and answer.</param>
public sealed record TrialAnswer(
    string Text,
    AnswerOutcome Outcome,
    IReadOnlyList<Citation> Citations,
    bool OffersPerson,
    string? Searched,
    IReadOnlyList<SearchHit> Hits,
    IReadOnlyList<int> Used,
    double Confidence,
    SearchTraceReport Trace,
    double Milliseconds);
