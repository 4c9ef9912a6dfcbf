using Widget.Api.Usage;

namespace Widget.Api.Answers;

/// <summary>
/// Adds up the model tokens used for one piece of work. It is ambient (AsyncLocal): models are called several layers below the code that
/// begins the work, and every call must be counted.
/// </summary>
public sealed class ModelTally : IDisposable
{
    private static readonly AsyncLocal<ModelTally?> Ambient = new();
    private readonly Lock _lock = new();
    private readonly ModelTally? _outer;
    private ModelUse _use;

    private ModelTally(ModelTally? outer) => _outer = outer;

    /// <summary>The tally of the current piece of work; null when tokens are not counted.</summary>
    internal static ModelTally? Current => Ambient.Value;

    /// <summary>What was used so far.</summary>
    public ModelUse Use
    {
        get
        {
            lock (_lock) return _use;
        }
    }

    /// <summary>Begins a tally for all model calls from here on, until it is disposed.</summary>
    public static ModelTally Begin() => Ambient.Value = new ModelTally(Ambient.Value);

    internal void Add(ModelUse more)
    {
        lock (_lock)
        {
            _use = new ModelUse(
                more.Model,
                _use.InputTokens + more.InputTokens,
                _use.OutputTokens + more.OutputTokens,
                _use.EstimatedTokens + more.EstimatedTokens);
        }
    }

    public void Dispose() => Ambient.Value = _outer;
}
