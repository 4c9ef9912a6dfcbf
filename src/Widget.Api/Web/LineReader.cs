using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Widget.Api.Web;

/// <summary>A line of a request's body.</summary>
/// <param name="Number">Line number, from 1.</param>
/// <param name="Bytes">The text in UTF-8 without the line break, valid until the next line is read. Empty when it is too long.</param>
/// <param name="IsTooLong">Whether the line is longer than the limit.</param>
internal readonly record struct Line(int Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong);

/// <summary>
/// Reads a body line by line as it arrives, in UTF-8 or UTF-16, with or without a byte-order mark. A line that is too long is skipped
/// without being buffered.
/// </summary>
internal static class LineReader
{
    private const int BlockSize = 64 << 10;

    /// <param name="body">The request's body.</param>
    /// <param name="maxLineBytes">Maximum length of a line, in bytes.</param>
    /// <param name="ct">Ends the reading.</param>
    public static async IAsyncEnumerable<Line> ReadAsync(Stream body, int maxLineBytes, [EnumeratorCancellation] CancellationToken ct)
    {
        var block = new byte[BlockSize];
        var read = await body.ReadAtLeastAsync(block, 4, throwOnEndOfStream: false, ct);
        var (otherEncoding, markLength) = DetectEncoding(block.AsSpan(0, read));
        var decoder = otherEncoding?.GetDecoder();
        var encoder = otherEncoding is null ? null : Encoding.UTF8.GetEncoder();
        var line = new ArrayBufferWriter<byte>();
        var (number, isTooLong) = (1, false);
        for (var from = markLength; read > 0; (from, read) = (0, await body.ReadAsync(block, ct)))
        {
            ReadOnlyMemory<byte> rest = block.AsMemory(from, read - from);
            if (decoder is not null) rest = ToUtf8(rest.Span, decoder, encoder!);
            while (rest.Length > 0)
            {
                var end = rest.Span.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                isTooLong |= line.WrittenCount + part.Length > maxLineBytes;
                if (isTooLong) line.ResetWrittenCount();
                else line.Write(part.Span);
                if (end < 0) break;
                yield return new Line(number++, line.WrittenMemory, isTooLong);
                line.ResetWrittenCount();
                isTooLong = false;
                rest = rest[(end + 1)..];
            }
        }

        if (isTooLong || line.WrittenCount > 0) yield return new Line(number, line.WrittenMemory, isTooLong);
    }

    // Detects the length of the byte-order mark, and the encoding if it is not UTF-8. Without a mark, the zero bytes of the first
    // character show the encoding (RFC 4627, section 3).
    private static (Encoding? OtherEncoding, int MarkLength) DetectEncoding(ReadOnlySpan<byte> beginning) => beginning switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (null, 3),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        [not 0, 0, ..] => (Encoding.Unicode, 0),
        [0, not 0, ..] => (Encoding.BigEndianUnicode, 0),
        _ => (null, 0),
    };

    private static byte[] ToUtf8(ReadOnlySpan<byte> bytes, Decoder decoder, Encoder encoder)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush: false)];
        decoder.GetChars(bytes, characters, flush: false);
        var utf8 = new byte[encoder.GetByteCount(characters, flush: false)];
        encoder.GetBytes(characters, utf8, flush: false);
        return utf8;
    }
}
