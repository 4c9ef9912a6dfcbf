using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A question with what is right: where its answer stands, what it must say, or that there is none.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EvaluationQuestionRequest : IValidatableObject
{
    /// <summary>The tenant's own name for it, by which an import replaces it; the question itself when left out.</summary>
    [StringLength(200, ErrorMessage = "The name must have 200 characters at most.")]
    public string? Name { get; init; }

    /// <summary>The question.</summary>
    [Required(ErrorMessage = "The question has no text.")]
    [StringLength(2_000, ErrorMessage = "The text must have 2,000 characters at most.")]
    public string Text { get; init; } = "";

    /// <summary>ISO 639-1: the language the widget would speak; found out from the text when left out.</summary>
    [RegularExpression("[a-z]{2}", ErrorMessage = "The language must be an ISO 639-1 code, such as en.")]
    public string? Language { get; init; }

    /// <summary>Documents that answer it, by their external id or address; to find any of them is right.</summary>
    [MaxLength(50, ErrorMessage = "A question may have 50 sources at most.")]
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>What the answer must contain, all of it; capitals and white space do not matter.</summary>
    [MaxLength(50, ErrorMessage = "A question may have 50 facts at most.")]
    public IReadOnlyList<string>? Facts { get; init; }

    /// <summary>The knowledge does not hold the answer, and the assistant must say so.</summary>
    public bool ShouldRefuse { get; init; }

    /// <summary>Tags, to run some of the questions only.</summary>
    [MaxLength(20, ErrorMessage = "A question may have 20 tags at most.")]
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
            yield return new("A question that should be refused has neither sources nor facts.", [nameof(ShouldRefuse)]);
        if (!ShouldRefuse && Sources is not { Count: > 0 } && Facts is not { Count: > 0 })
            yield return new("Name at least one source or one fact, or set shouldRefuse.", [nameof(Sources)]);
    }
}

/// <summary>A test question as it is kept.</summary>
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

/// <param name="Added">How many questions are new.</param>
/// <param name="Replaced">How many took the place of one of the same name.</param>
/// <param name="Failed">Those that were no good, which were left out, and why.</param>
public sealed record EvaluationImport(int Added, int Replaced, IReadOnlyList<FailedDocument> Failed);

/// <summary>How to ask the questions.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EvaluationRunRequest
{
    /// <summary>The tenant's own when left out.</summary>
    public SearchStrategyName? Strategy { get; init; }

    /// <summary>Whether to write the answers, too, with the model that visitors' are written with. Without, only the search is measured.</summary>
    public bool Answer { get; init; }

    /// <summary>Most questions to ask, in order of name; all when left out.</summary>
    [Range(1, 2_000, ErrorMessage = "limit must be between 1 and 2,000.")]
    public int? Limit { get; init; }

    /// <summary>Ask only the questions that carry one of these tags.</summary>
    [MaxLength(20, ErrorMessage = "There may be 20 tags at most.")]
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

/// <summary>A run.</summary>
/// <param name="Id">Which.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Strategy">How it searches.</param>
/// <param name="Answer">Whether answers are written.</param>
/// <param name="Done">Questions asked.</param>
/// <param name="Total">Questions there are.</param>
/// <param name="Documents">The tenant's documents when it began.</param>
/// <param name="Chunks">The tenant's passages when it began.</param>
/// <param name="Metrics">Of what has been asked; null before the first question.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="FinishedAt">When it ended; null while it goes on.</param>
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

/// <summary>A run with what came of each question, in order.</summary>
public sealed record EvaluationReport(EvaluationRun Run, IReadOnlyList<EvaluationResult> Results);

/// <summary>
/// What a run comes to. Shares are from 0 to 1 and null where no question tells. docs/evaluation.md has the formulas.
/// </summary>
public sealed record EvaluationMetrics
{
    /// <summary>Questions asked.</summary>
    public int Questions { get; init; }

    /// <summary>Questions of which everything that was expected came true.</summary>
    public int Passed { get; init; }

    /// <summary>Questions that could not be asked.</summary>
    public int Errors { get; init; }

    /// <summary>Share of the questions with expected sources that found one first.</summary>
    public double? HitRateAt1 { get; init; }

    /// <summary>The same among the first three hits.</summary>
    public double? HitRateAt3 { get; init; }

    /// <summary>The same among the first five.</summary>
    public double? HitRateAt5 { get; init; }

    /// <summary>The same among the first ten.</summary>
    public double? HitRateAt10 { get; init; }

    /// <summary>Mean reciprocal rank of the first expected source among the first ten hits.</summary>
    public double? Mrr { get; init; }

    /// <summary>Mean normalised discounted cumulative gain of the expected sources among the first ten hits.</summary>
    public double? NdcgAt10 { get; init; }

    /// <summary>Share of all expected facts that were there.</summary>
    public double? FactRecall { get; init; }

    public int Answered { get; init; }

    public int Refused { get; init; }

    /// <summary>Refusals of questions that should have been refused.</summary>
    public int RightRefusals { get; init; }

    /// <summary>Refusals of questions that should have been answered.</summary>
    public int WrongRefusals { get; init; }

    /// <summary>Questions that should have been refused and were answered.</summary>
    public int WrongAnswers { get; init; }

    /// <summary>Half of the questions took no longer.</summary>
    public double? MedianMilliseconds { get; init; }

    /// <summary>Ninety-five of a hundred took no longer.</summary>
    public double? P95Milliseconds { get; init; }
}

/// <summary>What came of a question.</summary>
/// <param name="Question">As it was when the run began.</param>
/// <param name="Passed">Whether everything that was expected came true.</param>
/// <param name="Refused">Whether the assistant says that it does not know.</param>
/// <param name="Confidence">How sure the search was, 0 to 1.</param>
/// <param name="Rank">Place of the first hit from an expected source, from 1; null when none is among the first ten.</param>
/// <param name="Ndcg">Of the expected sources among the first ten hits, 0 to 1; null when none are expected.</param>
/// <param name="Hits">The first ten hits' documents, best first.</param>
/// <param name="MissingFacts">Expected facts that were not there.</param>
/// <param name="Answer">The answer; null when none was asked for.</param>
/// <param name="Outcome">How the answer came about.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Error">Why it could not be asked.</param>
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

/// <summary>What changed from one run to another.</summary>
/// <param name="Run">The later one.</param>
/// <param name="To">The one it is held against.</param>
/// <param name="Better">Questions that pass now, or find their source earlier.</param>
/// <param name="Worse">Questions that pass no more, or find their source later.</param>
/// <param name="Added">Questions that only the later run asked.</param>
/// <param name="Removed">Questions that only the earlier run asked.</param>
/// <param name="Deltas">Later less earlier, by the metric's name; metrics that one of them lacks are left out.</param>
public sealed record EvaluationDiff(
    EvaluationRun Run,
    EvaluationRun To,
    IReadOnlyList<EvaluationChange> Better,
    IReadOnlyList<EvaluationChange> Worse,
    IReadOnlyList<EvaluationQuestion> Added,
    IReadOnlyList<EvaluationQuestion> Removed,
    IReadOnlyDictionary<string, double> Deltas);

public sealed record EvaluationChange(EvaluationResult Before, EvaluationResult After);
