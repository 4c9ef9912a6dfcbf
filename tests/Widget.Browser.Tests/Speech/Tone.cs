using System.Buffers.Binary;

namespace Widget.Browser.Tests.Speech;

/// <summary>Audio for tests: a low tone with overtones, as a 16-bit mono WAV file.</summary>
internal static class Tone
{
    private const int SampleRate = 16_000;

    public static byte[] Wav(double seconds)
    {
        var samples = (int)(seconds * SampleRate);
        var file = new byte[44 + (2 * samples)];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), 2 * SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples);
        for (var i = 0; i < samples; i++)
        {
            var t = 2 * Math.PI * 150 * i / SampleRate;
            BinaryPrimitives.WriteInt16LittleEndian(
                file.AsSpan(44 + (2 * i)),
                (short)(9_000 * (Math.Sin(t) + (0.5 * Math.Sin(2 * t)) + (0.3 * Math.Sin(3 * t)))));
        }

        return file;
    }
}
