using Widget.Api.Configuration;
using Widget.Contracts;

namespace Widget.Api.Voice;

/// <summary>The installation's voice service, for tenants without their own.</summary>
public sealed record VoiceOptions
{
    /// <summary>Base URL of the API (WIDGET_VOICE_ENDPOINT); null for none.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The API's protocol (WIDGET_VOICE_PROTOCOL).</summary>
    public VoiceProtocol Protocol { get; init; } = VoiceProtocol.OpenAIRealtime;

    /// <summary>The API key (WIDGET_VOICE_KEY).</summary>
    public string? Key { get; init; }

    /// <summary>The realtime model (WIDGET_VOICE_MODEL).</summary>
    public string? Model { get; init; }

    /// <summary>The model that transcribes what visitors say (WIDGET_VOICE_TRANSCRIPTION_MODEL); null for no transcripts.</summary>
    public string? TranscriptionModel { get; init; }

    internal static VoiceOptions Read(Variables variables)
    {
        var protocol = ReadProtocol(variables);
        var transcription = variables.Text("WIDGET_VOICE_TRANSCRIPTION_MODEL");
        // A key without an endpoint is a key for OpenAI.
        var usesOpenAI = variables.Text("WIDGET_VOICE_ENDPOINT") is null
            && variables.Text("WIDGET_VOICE_KEY") is not null
            && protocol is VoiceProtocol.OpenAIRealtime or VoiceProtocol.GptLive;
        if (!usesOpenAI)
        {
            var (endpoint, key, model) = variables.Model("VOICE", "the model to speak with");
            return new VoiceOptions
            {
                Endpoint = endpoint,
                Key = key,
                Model = model,
                Protocol = protocol,
                TranscriptionModel = transcription,
            };
        }

        var chosenModel = variables.Text("WIDGET_VOICE_MODEL");
        if (chosenModel is null)
            variables.Errors.Add("WIDGET_VOICE_MODEL is not set. Set it to one of OpenAI's realtime models, such as gpt-realtime-2.1.");
        return new VoiceOptions
        {
            Endpoint = VoiceAccounts.OpenAI,
            Key = variables.Text("WIDGET_VOICE_KEY"),
            Model = chosenModel,
            Protocol = protocol,
            TranscriptionModel = transcription,
        };
    }

    private static VoiceProtocol ReadProtocol(Variables variables)
    {
        const string Name = "WIDGET_VOICE_PROTOCOL";
        switch (variables.Text(Name))
        {
            case null or "openai_realtime": return VoiceProtocol.OpenAIRealtime;
            case "azure_realtime": return VoiceProtocol.AzureRealtime;
            case "gpt_live": return VoiceProtocol.GptLive;
            case "self_hosted": return VoiceProtocol.SelfHosted;
            case var other:
                variables.Errors.Add($"{Name} is \"{other}\". It must be openai_realtime, azure_realtime, gpt_live or self_hosted.");
                return VoiceProtocol.OpenAIRealtime;
        }
    }
}
