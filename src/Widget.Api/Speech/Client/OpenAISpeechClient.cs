using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used, here and in SpeechClients.

namespace Widget.Api.Speech.Client;

/// <summary>
/// Any server that is compatible with OpenAI's <c>POST /v1/audio/speech</c> (OpenAI, Kokoro-FastAPI, speaches, LocalAI). Requests MP3 with
/// only the four fields that all of them support, and accepts other audio formats.
/// </summary>
internal sealed class OpenAISpeechClient(SpeechTransport transport, SpeechAccount account) : SpeechClient("openai", account)
{
    public override async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text,
        TextToSpeechOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var body = new { model = options?.ModelId, input = text, voice = options?.VoiceId, response_format = "mp3" };
        string? mediaType = null;
        var pieces = transport.PostAsync(Account, "audio/speech", body, type => mediaType = AudioTypeOf(type), cancellationToken);
        await foreach (var piece in pieces)
        {
            yield return new TextToSpeechResponseUpdate([new DataContent(piece, mediaType!)])
            {
                Kind = TextToSpeechResponseUpdateKind.AudioUpdating,
            };
        }
        yield return new TextToSpeechResponseUpdate { Kind = TextToSpeechResponseUpdateKind.SessionClose };
    }

    // Some servers send no media type, or application/octet-stream.
    private string AudioTypeOf(string? mediaType) => mediaType switch
    {
        null or "application/octet-stream" => "audio/mpeg",
        _ when mediaType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) => mediaType.ToLowerInvariant(),
        _ =>
            throw new SpeechException(
                SpeechFault.Refused,
                $"{Account.Endpoint.Host} sent {mediaType} instead of audio. Check the endpoint."),
    };
}
