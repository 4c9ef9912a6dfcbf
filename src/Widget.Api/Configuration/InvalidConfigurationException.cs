namespace Widget.Api.Configuration;

/// <summary>Settings that cannot work, each with what to do.</summary>
public sealed class InvalidConfigurationException(IReadOnlyList<string> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
