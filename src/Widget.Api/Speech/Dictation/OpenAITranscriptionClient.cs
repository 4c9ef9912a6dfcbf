using System.ClientModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Audio;
using Widget.Api.Outbound;
using Widget.Api.Speech.Client;

#pragma warning disable MEAI001 // ISpeechToTextClient is experimental.

namespace Widget.Api.Speech.Dictation;

/// <summary>
/// A client for any OpenAI-compatible <c>POST /audio/transcriptions</c>, for short recordings in MP3. It requests only the text, which
/// every model can return, and turns every failure into a <see cref="SpeechException"/>.
/// </summary>
internal sealed class OpenAITranscriptionClient(DictationOptions options, HttpClient http)
    : DelegatingSpeechToTextClient(CreateClient(options, http))
{
    /// <exception cref="SpeechException">The service refused, failed or did not answer.</exception>
    public override async Task<SpeechToTextResponse> GetTextAsync(
        Stream audioSpeechStream,
        SpeechToTextOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        try
        {
            var textOnly = options?.Clone() ?? new SpeechToTextOptions();
            textOnly.RawRepresentationFactory = _ => new AudioTranscriptionOptions { ResponseFormat = AudioTranscriptionFormat.Simple };
            return await base.GetTextAsync(audioSpeechStream, textOnly, cancellationToken);
        }
        catch (ClientResultException e)
        {
            throw new SpeechException(
                e.Status switch
                {
                    401 or 403 => SpeechFault.BadKey,
                    0 or 408 or 429 or >= 500 => SpeechFault.Temporary,
                    _ => SpeechFault.Refused,
                },
                $"The transcription model answered with status {e.Status}.",
                e);
        }
        catch (Exception e) when (e is HttpRequestException or AggregateException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new SpeechException(SpeechFault.Temporary, "The transcription model does not answer.", e);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SpeechException(SpeechFault.Refused, "The transcription model sent an answer that cannot be read.", e);
        }
    }

    public override async IAsyncEnumerable<SpeechToTextResponseUpdate> GetStreamingTextAsync(
        Stream audioSpeechStream,
        SpeechToTextOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = await GetTextAsync(audioSpeechStream, options, cancellationToken);
        foreach (var update in response.ToSpeechToTextResponseUpdates()) yield return update;
    }

    private static ISpeechToTextClient CreateClient(DictationOptions options, HttpClient http)
    {
        var connection = new OpenAIConnection(options.Model.Endpoint, options.Model.Key, http);
        // A visitor is waiting: one retry after a busy or failed response.
        var client = connection.Options(options.Timeout, new BoundedRetries(maxRetries: 1, maxWait: TimeSpan.FromSeconds(1)));
        return new AudioClient(options.Model.Model, connection.Credential, client).AsISpeechToTextClient();
    }
}
