using System.ClientModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Audio;
using Widget.Api.Outbound;
using Widget.Api.Speech.Client;

#pragma warning disable MEAI001 // ISpeechToTextClient is experimental; it is used by its name only.

namespace Widget.Api.Speech.Dictation;

/// <summary>
/// Any OpenAI-compatible <c>POST /audio/transcriptions</c> as an <see cref="ISpeechToTextClient"/>, for short recordings in MP3. It asks for the text
/// alone, which every model gives.
/// </summary>
internal sealed class OpenAITranscriptionClient(DictationOptions options) : ISpeechToTextClient
{
    private readonly AudioClient _client = new(
        options.Model.Model,
        new ApiKeyCredential(string.IsNullOrEmpty(options.Model.Key) ? "none" : options.Model.Key),
        // Somebody waits: one more try when the service was busy or failed.
        new OpenAIClientOptions { Endpoint = options.Model.Endpoint, NetworkTimeout = options.Patience, RetryPolicy = new BoundedRetries(most: 1, longest: TimeSpan.FromSeconds(1)) });

    /// <exception cref="SpeechException">The service refuses, fails or is silent.</exception>
    public async Task<SpeechToTextResponse> GetTextAsync(Stream audioSpeechStream, SpeechToTextOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            var wanted = new AudioTranscriptionOptions { ResponseFormat = AudioTranscriptionFormat.Simple, Language = options?.SpeechLanguage };
            AudioTranscription said = await _client.TranscribeAudioAsync(audioSpeechStream, "dictation.mp3", wanted, cancellationToken);
            return new SpeechToTextResponse(said.Text ?? "");
        }
        catch (ClientResultException e)
        {
            throw new SpeechException(
                e.Status switch { 401 or 403 => SpeechFault.BadKey, 0 or 408 or 429 or >= 500 => SpeechFault.Temporary, _ => SpeechFault.Refused },
                $"The transcription model answered with status {e.Status}.",
                e);
        }
        catch (Exception e) when (e is HttpRequestException or AggregateException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new SpeechException(SpeechFault.Temporary, "The transcription model does not answer.", e);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SpeechException(SpeechFault.Refused, "The transcription model answered with something that makes no sense.", e);
        }
    }

    public async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
        Stream audioSpeechStream, SpeechToTextOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetTextAsync(audioSpeechStream, options, cancellationToken)).ToSpeechToTextResponseUpdates()) yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(SpeechToTextClientMetadata) ? new SpeechToTextClientMetadata("openai", options.Model.Endpoint, options.Model.Model)
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The library's connections are shared.
    }
}
