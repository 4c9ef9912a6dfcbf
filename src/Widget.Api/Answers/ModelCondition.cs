namespace Widget.Api.Answers;

/// <summary>How the language model has done lately on this node. Visitors get an answer either way; the operator should know.</summary>
public sealed class ModelCondition
{
    private volatile string? _failure;

    /// <summary>Why the last answer had to do without it; null when it wrote it.</summary>
    public string? Failure => _failure;

    public void Worked() => _failure = null;

    public void Failed(string reason) => _failure = reason;
}
