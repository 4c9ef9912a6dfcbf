using Microsoft.Extensions.AI;
using Widget.Api.Speech.Client;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Reading.Extraction;

#pragma warning disable MEAI001 // ISpeechToTextClient is experimental; it is used by its name only.

namespace Widget.Api.Speech.Dictation;

/// <summary>Writes down what visitors dictate, and counts its time.</summary>
internal sealed class DictationService(DictationOptions options, TenantDatabase database, ISpeechToTextClient? client = null) : IDisposable
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    // Decoding takes a processor for a moment.
    private readonly SemaphoreSlim _decoding = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>How a visitor can dictate; null when not at all.</summary>
    /// <param name="settings">The tenant's.</param>
    /// <param name="abilities">The browser's; null when it has not said, which counts as all.</param>
    public DictationOffer? Offer(SpeechSettings settings, IReadOnlyList<string>? abilities)
    {
        if (!settings.Dictation || abilities?.Contains("microphone", StringComparer.Ordinal) == false) return null;
        return client is null ? new DictationOffer("browser", Recipient: null) : new DictationOffer("server", options.Model.Endpoint!.Host);
    }

    /// <summary>Whether there is a model to write it down.</summary>
    public bool IsAvailable => client is not null;

    /// <summary>What was said in a recording.</summary>
    /// <exception cref="Widget.Extraction.IngestionFailureException">It is no recording, or nothing can be heard in it.</exception>
    /// <exception cref="DictationTooLongException">It is longer than <see cref="Longest"/>.</exception>
    /// <exception cref="SpeechException">The model is not to be had.</exception>
    public async Task<string> TranscribeAsync(TenantId tenant, ReadOnlyMemory<byte> recording, string? language, CancellationToken ct)
    {
        AudioClip clip;
        await _decoding.WaitAsync(ct);
        try
        {
            clip = await AudioClips.ReadAsync(recording, Longest, ct);
        }
        finally
        {
            _decoding.Release();
        }

        // An encoder fills its last frame.
        if (clip.Seconds > Longest.TotalSeconds + 0.5) throw new DictationTooLongException();
        using var stream = new MemoryStream(clip.Mp3);
        var said = await client!.GetTextAsync(stream, new SpeechToTextOptions { SpeechLanguage = language }, ct);
        await CountAsync(tenant, (int)Math.Ceiling(clip.Seconds), ct);
        return said.Text.Trim();
    }

    public void Dispose() => _decoding.Dispose();

    private async Task CountAsync(TenantId tenant, int seconds, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        db.Usage.Add(new UsageRecord { TenantId = tenant, Kind = UsageMeter.Transcription, Reference = Guid.CreateVersion7(), Seconds = seconds });
        await db.CommitAsync(ct);
    }
}

/// <summary>Nobody dictates for so long; it would be a recording.</summary>
internal sealed class DictationTooLongException() : Exception("A dictation may last two minutes at most.");
