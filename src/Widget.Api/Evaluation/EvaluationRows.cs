using System.Text.Json.Serialization;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Evaluation;

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct EvaluationQuestionId(Guid Value) : ITypedId<EvaluationQuestionId>
{
    public static EvaluationQuestionId New() => new(Guid.CreateVersion7());

    public static EvaluationQuestionId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

[JsonConverter(typeof(TypedIdJsonConverter))]
public readonly record struct EvaluationRunId(Guid Value) : ITypedId<EvaluationRunId>
{
    public static EvaluationRunId New() => new(Guid.CreateVersion7());

    public static EvaluationRunId From(Guid value) => new(value);

    public override string ToString() => Value.ToString();
}

/// <summary>A stored test question.</summary>
public sealed class EvaluationQuestionRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required EvaluationQuestionId Id { get; init; }

    public required string Name { get; set; }

    public required string Text { get; set; }

    public string? Language { get; set; }

    public required string[] Sources { get; set; }

    public required string[] Facts { get; set; }

    public bool ShouldRefuse { get; set; }

    public required string[] Tags { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public EvaluationQuestion ToContract() => new(Id.Value, Name, Text, Language, Sources, Facts, ShouldRefuse, Tags);
}

/// <summary>A run and the lease of the node that works on it.</summary>
public sealed class EvaluationRunRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required EvaluationRunId Id { get; init; }

    public EvaluationStatus Status { get; set; }

    public required SearchStrategyName Strategy { get; init; }

    public required bool WithAnswers { get; init; }

    public required int Total { get; init; }

    public int Done { get; set; }

    public required int Documents { get; init; }

    public required int Chunks { get; init; }

    /// <summary>Null until the run has ended.</summary>
    public EvaluationMetrics? Metrics { get; set; }

    public string? Error { get; set; }

    public bool CancelRequested { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public Guid? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    /// <param name="currentMetrics">The metrics so far, for a run that has not ended.</param>
    public EvaluationRun ToContract(EvaluationMetrics? currentMetrics = null) => new(
        Id.Value,
        Status,
        Strategy,
        WithAnswers,
        Done,
        Total,
        Documents,
        Chunks,
        Metrics ?? currentMetrics,
        Error,
        CreatedAt,
        FinishedAt);
}

/// <summary>A question of a run and, once it has been asked, its result.</summary>
public sealed class EvaluationResultRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required EvaluationRunId RunId { get; init; }

    public required int Ordinal { get; init; }

    public required EvaluationQuestion Question { get; init; }

    public EvaluationResult? Result { get; set; }

    /// <summary>Number of attempts. A question that repeatedly crashes its server is not asked again.</summary>
    public short Attempts { get; set; }
}
