using Microsoft.Extensions.AI;
using Widget.Api.Speech.Client;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Reading.Extraction;

#pragma warning disable MEAI001 // ISpeechToTextClient is experimental; only its name is used.

namespace Widget.Api.Speech.Dictation;

/// <summary>Transcribes what visitors dictate, and meters its duration.</summary>
internal sealed class DictationService(DictationOptions options, UsageMeter usage, ISpeechToTextClient? client = null) : IDisposable
{
    /// <summary>The maximum duration of a recording.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(2);

    // Decoding is CPU-bound.
    private readonly SemaphoreSlim _decoding = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>How a visitor can dictate; null when dictation is off or the browser has no microphone.</summary>
    /// <param name="settings">The tenant's settings.</param>
    /// <param name="abilities">The browser's abilities; null when it did not report them, which counts as all.</param>
    public DictationOffer? Offer(SpeechSettings settings, IReadOnlyList<string>? abilities)
    {
        if (!settings.Dictation || abilities?.Contains("microphone", StringComparer.Ordinal) == false) return null;
        return client is null ? new DictationOffer("browser", Recipient: null) : new DictationOffer("server", options.Model.Endpoint!.Host);
    }

    /// <summary>Whether the server has a transcription model.</summary>
    public bool IsAvailable => client is not null;

    /// <summary>Transcribes a recording.</summary>
    /// <exception cref="Widget.Extraction.IngestionFailureException">The recording can't be decoded, or it is silent.</exception>
    /// <exception cref="DictationTooLongException">The recording is longer than <see cref="MaxDuration"/>.</exception>
    /// <exception cref="SpeechException">The model failed.</exception>
    public async Task<string> TranscribeAsync(TenantId tenant, ReadOnlyMemory<byte> recording, string? language, CancellationToken ct)
    {
        AudioClip clip;
        await _decoding.WaitAsync(ct);
        try
        {
            clip = await AudioClips.ReadAsync(recording, MaxDuration, ct);
        }
        finally
        {
            _decoding.Release();
        }

        // Encoders fill the last frame, so a recording may be slightly longer.
        if (clip.Seconds > MaxDuration.TotalSeconds + 0.5) throw new DictationTooLongException();
        using var stream = new MemoryStream(clip.Mp3);
        var transcript = await client!.GetTextAsync(stream, new SpeechToTextOptions { SpeechLanguage = language }, ct);
        await usage.CountAsync(tenant, UsageMeter.Transcription, (int)Math.Ceiling(clip.Seconds), ct);
        return transcript.Text.Trim();
    }

    public void Dispose() => _decoding.Dispose();
}

/// <summary>The recording is too long for a dictation.</summary>
internal sealed class DictationTooLongException() : Exception("A dictation can last at most two minutes.");
