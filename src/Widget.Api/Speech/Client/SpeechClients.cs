using Microsoft.Extensions.AI;
using Widget.Contracts;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used.

namespace Widget.Api.Speech.Client;

/// <summary>Creates text-to-speech clients.</summary>
internal sealed class SpeechClients(SpeechTransport transport)
{
    public ITextToSpeechClient Of(SpeechAccount account) => account.Provider == SpeechProvider.ElevenLabs
        ? new ElevenLabsSpeechClient(transport, account)
        : new OpenAISpeechClient(transport, account);

    /// <summary>The options of a request for a sentence.</summary>
    /// <param name="plan">The voice.</param>
    /// <param name="before">The sentence before it, if there was one.</param>
    public static TextToSpeechOptions Options(SpeechVoicePlan plan, string? before) => new()
    {
        ModelId = plan.Model,
        VoiceId = plan.Voice,
        AdditionalProperties = before is null
            ? null
            : new AdditionalPropertiesDictionary { [ElevenLabsSpeechClient.PreviousText] = before },
    };
}
