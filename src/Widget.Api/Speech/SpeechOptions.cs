using Widget.Api.Configuration;
using Widget.Contracts;

namespace Widget.Api.Speech;

/// <summary>The installation's speech service, for tenants without their own.</summary>
public sealed record SpeechOptions
{
    /// <summary>Base URL of the API (WIDGET_SPEECH_ENDPOINT). Null for none: visitors' browsers read aloud then.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The API key (WIDGET_SPEECH_KEY). Self-hosted servers often need none.</summary>
    public string? Key { get; init; }

    /// <summary>The model (WIDGET_SPEECH_MODEL). Null is valid for ElevenLabs, which has a default.</summary>
    public string? Model { get; init; }

    /// <summary>The voice's name, or its id for ElevenLabs (WIDGET_SPEECH_VOICE).</summary>
    public string? Voice { get; init; }

    /// <summary>The kind of API (WIDGET_SPEECH_PROVIDER); never <see cref="SpeechProvider.Browser"/>.</summary>
    public SpeechProvider Provider { get; init; } = SpeechProvider.OpenAI;

    /// <summary>How long to wait for the first audio of a sentence, and then for each further piece.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Size of each tenant's cache of audio.</summary>
    public long MaxCacheBytes { get; init; } = 64L << 20;

    /// <summary>Maximum number of answers that are read aloud to one visitor at once. The widget uses one.</summary>
    public int MaxStreams { get; init; } = 3;

    internal static SpeechOptions Read(Variables variables)
    {
        const string EndpointVariable = "WIDGET_SPEECH_ENDPOINT";
        const string ProviderVariable = "WIDGET_SPEECH_PROVIDER";
        var endpoint = variables.Address(EndpointVariable, "https://api.openai.com/v1");
        var key = variables.Text("WIDGET_SPEECH_KEY");
        var model = variables.Text("WIDGET_SPEECH_MODEL");
        var voice = variables.Text("WIDGET_SPEECH_VOICE");
        var provider = variables.Text(ProviderVariable);
        if (provider is not (null or "openai" or "elevenlabs"))
            variables.Errors.Add($"{ProviderVariable} is \"{provider}\". It must be openai or elevenlabs.");
        if (variables.Text(EndpointVariable) is null)
        {
            if ((key ?? model ?? voice ?? provider) is not null)
            {
                variables.Errors.Add(
                    $"WIDGET_SPEECH_KEY, _MODEL, _VOICE or _PROVIDER is set, but {EndpointVariable}, the address of the service, is not.");
            }
        }
        else
        {
            if (voice is null)
                variables.Errors.Add(
                    $"WIDGET_SPEECH_VOICE is not set. It names the voice at {EndpointVariable}; at ElevenLabs it is the voice's id.");
            if (model is null && provider != "elevenlabs")
                variables.Errors.Add($"WIDGET_SPEECH_MODEL is not set. It names the model to use at {EndpointVariable}.");
        }

        return new SpeechOptions
        {
            Endpoint = endpoint,
            Key = key,
            Model = model,
            Voice = voice,
            Provider = provider == "elevenlabs" ? SpeechProvider.ElevenLabs : SpeechProvider.OpenAI,
        };
    }
}
