namespace Widget.Api.Configuration;

/// <summary>The environment's variables, and what is wrong with them.</summary>
internal sealed class Variables(Func<string, string?> variable)
{
    public List<string> Errors { get; } = [];

    /// <summary>Null for one that is not set, or empty.</summary>
    public string? Text(string name) => variable(name) is { Length: > 0 } value ? value.Trim() : null;

    /// <summary>The root of a service.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="example">What one looks like.</param>
    public Uri? Address(string name, string example)
    {
        if (Text(name) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { Query: "", Fragment: "" }) return address;
        Errors.Add($"{name} is \"{text}\", which is not an http or https address such as {example}.");
        return null;
    }

    /// <summary>A whole number within limits; the default where it is not set.</summary>
    public int Whole(string name, int whenUnset, int least, int most)
    {
        if (Text(name) is not { } text) return whenUnset;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Errors.Add($"{name} is \"{text}\". It must be a whole number from {least} to {most}.");
        return whenUnset;
    }

    /// <summary>A service with a model: <c>WIDGET_…_ENDPOINT</c>, <c>_KEY</c> and <c>_MODEL</c>.</summary>
    /// <param name="service">The part of the names that is the service's own.</param>
    /// <param name="modelIs">What the model is for, to follow "It names ".</param>
    /// <param name="example">An endpoint.</param>
    public (Uri? Endpoint, string? Key, string? Model) Model(string service, string modelIs = "the model to ask", string example = "https://api.openai.com/v1")
    {
        var name = $"WIDGET_{service}_ENDPOINT";
        var (endpoint, key, model) = (Address(name, example), Text($"WIDGET_{service}_KEY"), Text($"WIDGET_{service}_MODEL"));
        if (endpoint is not null && model is null) Errors.Add($"WIDGET_{service}_MODEL is not set. It names {modelIs} at {name}.");
        if (Text(name) is null && (model ?? key) is not null) Errors.Add($"WIDGET_{service}_MODEL or WIDGET_{service}_KEY is set, but {name}, which says whom to ask, is not.");
        return (endpoint, key, model);
    }
}
