using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Widget.Simulators.Speech;

/// <summary>Real audio: espeak-ng speaks, ffmpeg encodes it as MP3.</summary>
/// <param name="Mp3">The file.</param>
/// <param name="Seconds">Its duration.</param>
internal sealed record SpokenSound(byte[] Mp3, double Seconds)
{
    private const int SampleRate = 22_050;
    private const int WaveHeader = 44;
    private const int Pieces = 4;

    private static readonly ConcurrentDictionary<(string, string), SpokenSound> Known = [];

    /// <summary>The audio in the pieces in which it is sent.</summary>
    public IReadOnlyList<byte[]> InPieces => [.. Mp3.Chunk(Math.Max(1, (Mp3.Length + Pieces - 1) / Pieces))];

    /// <param name="text">What to say.</param>
    /// <param name="voice">A voice of espeak-ng, such as en or en+f3.</param>
    /// <param name="ct">Cancels the programs.</param>
    public static async Task<SpokenSound> OfAsync(string text, string voice, CancellationToken ct)
    {
        if (Known.TryGetValue((text, voice), out var known)) return known;
        var wave = await RunAsync("espeak-ng", ["-v", voice, "--stdin", "--stdout"], Encoding.UTF8.GetBytes(text), ct);
        var mp3 = await RunAsync(
            "ffmpeg",
            ["-v", "error", "-f", "wav", "-i", "pipe:0", "-c:a", "libmp3lame", "-b:a", "48k", "-f", "mp3", "pipe:1"],
            wave,
            ct);
        return Known[(text, voice)] = new SpokenSound(mp3, Math.Max(0, wave.Length - WaveHeader) / (2.0 * SampleRate));
    }

    private static async Task<byte[]> RunAsync(string program, string[] arguments, byte[] input, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            using var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, ct);
            var complaining = process.StandardError.ReadToEndAsync(ct);
            await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close();
            await reading;
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"{program}: {await complaining}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
