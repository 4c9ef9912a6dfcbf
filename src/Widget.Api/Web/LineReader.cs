using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Widget.Api.Web;

/// <summary>A line of a request's body.</summary>
/// <param name="Number">Line number, from 1.</param>
/// <param name="Bytes">The text in UTF-8 without the line break, valid until the next line is read. Empty when it is too long.</param>
/// <param name="IsTooLong">The line is over the limit.</param>
internal readonly record struct Line(int Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong);

/// <summary>
/// Reads a body line by line as it arrives, in UTF-8 or UTF-16, with or without a byte-order mark. A line that is too long is skipped
/// without being buffered.
/// </summary>
internal static class LineReader
{
    private const int Block = 64 << 10;

    /// <param name="body">The request's body.</param>
    /// <param name="longest">Maximum bytes of a line.</param>
    /// <param name="ct">Ends the reading.</param>
    public static async IAsyncEnumerable<Line> ReadAsync(Stream body, int longest, [EnumeratorCancellation] CancellationToken ct)
    {
        var block = new byte[Block];
        var read = await body.ReadAtLeastAsync(block, 4, throwOnEndOfStream: false, ct);
        var (wide, mark) = Encoded(block.AsSpan(0, read));
        var decoder = wide?.GetDecoder();
        var encoder = wide is null ? null : Encoding.UTF8.GetEncoder();
        var line = new ArrayBufferWriter<byte>();
        var (number, tooLong) = (1, false);
        for (var from = mark; read > 0; (from, read) = (0, await body.ReadAsync(block, ct)))
        {
            ReadOnlyMemory<byte> rest = block.AsMemory(from, read - from);
            if (decoder is not null) rest = Narrow(rest.Span, decoder, encoder!);
            while (rest.Length > 0)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                tooLong |= line.WrittenCount + part.Length > longest;
                if (tooLong) line.ResetWrittenCount();
                else line.Write(part.Span);
                if (end < 0) break;
                yield return new Line(number++, line.WrittenMemory, tooLong);
                line.ResetWrittenCount();
                tooLong = false;
                rest = rest[(end + 1)..];
            }
        }

        if (tooLong || line.WrittenCount > 0) yield return new Line(number, line.WrittenMemory, tooLong);
    }

    // Detects the encoding if it is not UTF-8, and the length of the byte-order mark. Without a mark, the zero bytes of the first
    // character show the encoding (RFC 4627, section 3).
    private static (Encoding? Wide, int Mark) Encoded(ReadOnlySpan<byte> beginning) => beginning switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (null, 3),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        [not 0, 0, ..] => (Encoding.Unicode, 0),
        [0, not 0, ..] => (Encoding.BigEndianUnicode, 0),
        _ => (null, 0),
    };

    private static byte[] Narrow(ReadOnlySpan<byte> bytes, Decoder decoder, Encoder encoder)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush: false)];
        decoder.GetChars(bytes, characters, flush: false);
        var narrow = new byte[encoder.GetByteCount(characters, flush: false)];
        encoder.GetBytes(characters, narrow, flush: false);
        return narrow;
    }
}
