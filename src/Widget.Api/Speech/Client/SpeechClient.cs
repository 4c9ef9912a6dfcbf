using Microsoft.Extensions.AI;

#pragma warning disable MEAI001 // ITextToSpeechClient is experimental; only its name is used.

namespace Widget.Api.Speech.Client;

/// <summary>A text-to-speech client that streams audio. The transport owns the connections.</summary>
/// <param name="provider">The provider's name in metadata.</param>
/// <param name="account">The account.</param>
internal abstract class SpeechClient(string provider, SpeechAccount account) : ITextToSpeechClient
{
    protected SpeechAccount Account => account;

    public Task<TextToSpeechResponse> GetAudioAsync(
        string text,
        TextToSpeechOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingAudioAsync(text, options, cancellationToken).ToTextToSpeechResponseAsync(cancellationToken);

    /// <exception cref="SpeechException">The provider refused, failed or stopped sending.</exception>
    public abstract IAsyncEnumerable<TextToSpeechResponseUpdate> GetStreamingAudioAsync(
        string text,
        TextToSpeechOptions? options = null,
        CancellationToken cancellationToken = default);

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(TextToSpeechClientMetadata) ? new TextToSpeechClientMetadata(provider, account.Endpoint)
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => GC.SuppressFinalize(this);
}
