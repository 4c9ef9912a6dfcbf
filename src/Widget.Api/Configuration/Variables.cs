using System.Globalization;

namespace Widget.Api.Configuration;

/// <summary>Reads settings from environment variables and collects everything that is wrong with them.</summary>
internal sealed class Variables(Func<string, string?> variable)
{
    /// <summary>One message for each invalid setting: what is wrong, and what to write instead.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>The variable without surrounding spaces; null when it is not set or empty.</summary>
    public string? Text(string name) => variable(name) is { Length: > 0 } value ? value.Trim() : null;

    /// <summary>A list separated by commas; empty when the variable is not set.</summary>
    public string[] List(string name) =>
        (Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The root address of a service; null when it is not set or invalid.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="example">A valid address, for the error.</param>
    public Uri? Address(string name, string example)
    {
        if (Text(name) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https"
            && address is { Query: "", Fragment: "" })
        {
            return address;
        }

        Errors.Add($"{name} is \"{text}\", which is not an http or https address such as {example}.");
        return null;
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>; the default when it is not set or invalid.</summary>
    public int Integer(string name, int defaultValue, int min, int max)
    {
        if (Text(name) is not { } text) return defaultValue;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        Errors.Add($"{name} is \"{text}\". It must be a whole number from {min} to {max}.");
        return defaultValue;
    }

    /// <summary>"on" or "off"; the default when it is not set or invalid.</summary>
    public bool Switch(string name, bool defaultValue)
    {
        switch (Text(name))
        {
            case null:
                return defaultValue;
            case "on":
                return true;
            case "off":
                return false;
            case var text:
                Errors.Add($"{name} is \"{text}\". It must be \"on\" or \"off\".");
                return defaultValue;
        }
    }

    /// <summary>Where to reach a model, and which one: <c>WIDGET_…_ENDPOINT</c>, <c>_KEY</c> and <c>_MODEL</c>.</summary>
    /// <param name="service">The middle part of the three names, such as <c>CHAT</c>.</param>
    /// <param name="modelIs">What the model is for. It completes the sentence "It names …" in the error.</param>
    /// <param name="example">A valid endpoint, for the error.</param>
    public (Uri? Endpoint, string? Key, string? Model) Model(
        string service,
        string modelIs = "the model to use",
        string example = "https://api.openai.com/v1")
    {
        var name = $"WIDGET_{service}_ENDPOINT";
        var (endpoint, key, model) = (Address(name, example), Text($"WIDGET_{service}_KEY"), Text($"WIDGET_{service}_MODEL"));
        if (endpoint is not null && model is null) Errors.Add($"WIDGET_{service}_MODEL is not set. It names {modelIs} at {name}.");
        if (Text(name) is null && (model ?? key) is not null)
            Errors.Add($"WIDGET_{service}_MODEL or WIDGET_{service}_KEY is set, but {name}, the address of the service, is not.");
        return (endpoint, key, model);
    }
}
