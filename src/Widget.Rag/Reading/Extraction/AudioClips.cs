namespace Widget.Rag.Reading.Extraction;

/// <summary>A short recording, ready for transcription.</summary>
/// <param name="Mp3">16 kHz, mono.</param>
/// <param name="Seconds">Its decoded length. Browser recordings do not contain their length.</param>
public sealed record AudioClip(byte[] Mp3, double Seconds);

/// <summary>Converts short recordings from browsers and phones.</summary>
public static class AudioClips
{
    /// <summary>Extracts the audio of a recording, up to one second more than <paramref name="longest"/>.</summary>
    /// <exception cref="IngestionFailureException">The recording has no audio, it is damaged, or ffmpeg is not installed.</exception>
    public static async Task<AudioClip> ReadAsync(ReadOnlyMemory<byte> recording, TimeSpan longest, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("widget-clip-").FullName;
        try
        {
            // ffmpeg must seek in the file: the index of an MP4 is often at its end.
            var (file, clip) = (Path.Combine(folder, "recording"), Path.Combine(folder, "clip.mp3"));
            await using (var stream = File.Create(file)) await stream.WriteAsync(recording, ct);
            if (!(await Ffmpeg.ProbeAsync(file, ct)).HasAudio)
                throw new IngestionFailureException("This recording has no audio.");
            await Ffmpeg.ClipAsync(file, clip, longest + TimeSpan.FromSeconds(1), ct);
            return new AudioClip(await File.ReadAllBytesAsync(clip, ct), (await Ffmpeg.ProbeAsync(clip, ct)).Seconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
