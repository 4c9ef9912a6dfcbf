using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used, here and in SpeechClients.

namespace Widget.Api.Speech.Client;

/// <summary>
/// Any server that is compatible with OpenAI's <c>POST /v1/audio/speech</c> (OpenAI, Kokoro-FastAPI, speaches, LocalAI). Requests MP3 with
/// only the four fields that all of them support, and accepts other audio formats.
/// </summary>
internal sealed class OpenAISpeechClient(SpeechTransport transport, SpeechAccount account) : ITextToSpeechClient
{
    public Task<TextToSpeechResponse> GetAudioAsync(
        string text,
        TextToSpeechOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingAudioAsync(text, options, cancellationToken).ToTextToSpeechResponseAsync(cancellationToken);

    /// <exception cref="SpeechException">The provider refused, failed or stopped sending.</exception>
    public async IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text, TextToSpeechOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var body = new { model = options?.ModelId, input = text, voice = options?.VoiceId, response_format = "mp3" };
        string? mediaType = null;
        await foreach (var piece in transport.PostAsync(account, "audio/speech", body, type => mediaType = Sound(type), cancellationToken))
        {
            yield return new TextToSpeechResponseUpdate([new DataContent(piece, mediaType!)])
            {
                Kind = TextToSpeechResponseUpdateKind.AudioUpdating,
            };
        }
        yield return new TextToSpeechResponseUpdate { Kind = TextToSpeechResponseUpdateKind.SessionClose };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(TextToSpeechClientMetadata) ? new TextToSpeechClientMetadata("openai", account.Endpoint)
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The transport owns the connections.
    }

    // Some servers send no media type, or application/octet-stream.
    private string Sound(string? mediaType) => mediaType switch
    {
        null or "application/octet-stream" => "audio/mpeg",
        _ when mediaType.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) => mediaType.ToLowerInvariant(),
        _ =>
            throw new SpeechException(
                SpeechFault.Refused,
                $"{account.Endpoint.Host} sent {mediaType} instead of audio. Check the endpoint."),
    };
}
