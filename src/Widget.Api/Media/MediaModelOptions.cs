using Widget.Api.Configuration;

namespace Widget.Api.Media;

/// <summary>A model behind an OpenAI-compatible API that reads recordings or pictures; none when <see cref="Endpoint"/> is null.</summary>
public sealed record MediaModelOptions
{
    /// <summary>
    /// The root of the API, such as <c>https://api.openai.com/v1</c> (WIDGET_TRANSCRIPTION_ENDPOINT, WIDGET_VISION_ENDPOINT).
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The key (…_KEY). Self-hosted servers often need none.</summary>
    public string? Key { get; init; }

    /// <summary>The model's name (…_MODEL).</summary>
    public string Model { get; init; } = "";

    /// <summary>The time limit for one response. Transcribing twenty minutes of speech takes minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <param name="variables">The environment.</param>
    /// <param name="service"><c>TRANSCRIPTION</c> or <c>VISION</c>.</param>
    internal static MediaModelOptions Read(Variables variables, string service)
    {
        var (endpoint, key, model) = variables.Model(service);
        return new MediaModelOptions { Endpoint = endpoint, Key = key, Model = model ?? "" };
    }
}
