namespace Widget.Api.Configuration;

/// <summary>The configuration is invalid. Each error names a variable and says what to write instead.</summary>
public sealed class InvalidConfigurationException(IReadOnlyList<string> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
