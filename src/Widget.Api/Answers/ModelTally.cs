using Widget.Api.Tenancy;

namespace Widget.Api.Answers;

/// <summary>
/// Adds up what language models are used for one piece of work. It is ambient, because the models are asked several layers below what
/// knows whose work
/// it is, and nothing that is asked on the way may be forgotten.
/// </summary>
public sealed class ModelTally : IDisposable
{
    private static readonly AsyncLocal<ModelTally?> Ambient = new();
    private readonly Lock _lock = new();
    private readonly ModelTally? _outer;
    private ModelUse _use;

    private ModelTally(ModelTally? outer) => _outer = outer;

    /// <summary>What is counted into at present; null when nobody counts.</summary>
    internal static ModelTally? Current => Ambient.Value;

    /// <summary>What was used so far.</summary>
    public ModelUse Use
    {
        get
        {
            lock (_lock) return _use;
        }
    }

    /// <summary>Begins to count what is asked from here on, until it is disposed.</summary>
    public static ModelTally Begin() => Ambient.Value = new ModelTally(Ambient.Value);

    internal void Add(ModelUse more)
    {
        lock (_lock)
        {
            _use = new ModelUse(
                more.Model, _use.InputTokens + more.InputTokens, _use.OutputTokens + more.OutputTokens, _use.EstimatedTokens + more.EstimatedTokens);
        }
    }

    public void Dispose() => Ambient.Value = _outer;
}
