namespace Widget.Rag.Reading.Extraction;

/// <summary>A short recording as it is sent to be written down.</summary>
/// <param name="Mp3">16 kHz, one channel.</param>
/// <param name="Seconds">Its length, as it was decoded: recordings of browsers do not say it.</param>
public sealed record AudioClip(byte[] Mp3, double Seconds);

/// <summary>Reads short recordings of browsers and telephones.</summary>
public static class AudioClips
{
    /// <summary>What can be heard in a recording; no more of it than a second beyond <paramref name="longest"/> is read.</summary>
    /// <exception cref="IngestionFailureException">Nothing can be heard in it, it is damaged, or ffmpeg is missing.</exception>
    public static async Task<AudioClip> ReadAsync(ReadOnlyMemory<byte> recording, TimeSpan longest, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("widget-clip-").FullName;
        try
        {
            // Programs must seek in it: the directory of an MP4 often stands at its end.
            var (file, clip) = (Path.Combine(folder, "recording"), Path.Combine(folder, "clip.mp3"));
            await using (var stream = File.Create(file)) await stream.WriteAsync(recording, ct);
            if (!(await Ffmpeg.ProbeAsync(file, ct)).HasAudio) throw new IngestionFailureException("Nothing can be heard in this recording.");
            await Ffmpeg.ClipAsync(file, clip, longest + TimeSpan.FromSeconds(1), ct);
            return new AudioClip(await File.ReadAllBytesAsync(clip, ct), (await Ffmpeg.ProbeAsync(clip, ct)).Seconds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
