using Widget.Platform.Work;

namespace Widget.Api.Evaluation;

/// <summary>Raised when this node has queued a run.</summary>
public sealed class EvaluationSignal : WorkerSignal;
