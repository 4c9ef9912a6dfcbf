using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Extraction;

/// <summary>Decodes text by its byte order mark, then the declared character set, then UTF-8, then Windows-1252.</summary>
internal static partial class TextDecoding
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="IngestionFailureException">The bytes are not text.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string? declared)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) return Encoding.UTF8.GetString(bytes[3..]);
        if (bytes is [0xFF, 0xFE, ..]) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes is [0xFE, 0xFF, ..]) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        if (DetectUtf16(bytes) is { } wide) return wide.GetString(bytes);
        if (bytes[..Math.Min(bytes.Length, 8_000)].Contains((byte)0))
            throw new IngestionFailureException("This file contains binary data, not text.");

        try
        {
            if (Find(declared) is { } encoding) return encoding.GetString(bytes);
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return DecodeMixed(bytes);
        }
    }

    // Concatenated texts may mix UTF-8 and Windows-1252. Valid UTF-8 sequences hardly ever occur by accident.
    private static string DecodeMixed(ReadOnlySpan<byte> bytes)
    {
        var western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            var valid = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid) text.Append(rune.ToString());
            else text.Append(western.GetString(bytes[..length]));
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    // UTF-16 without a byte order mark is recognised by zeros in every other byte of European text.
    private static UnicodeEncoding? DetectUtf16(ReadOnlySpan<byte> bytes)
    {
        var head = bytes[..(Math.Min(bytes.Length, 4_000) & ~1)];
        if (head.Length < 4) return null;
        var (even, odd) = (0, 0);
        for (var i = 0; i < head.Length; i += 2)
        {
            if (head[i] == 0) even++;
            if (head[i + 1] == 0) odd++;
        }

        var half = head.Length / 2;
        return odd > half * 0.7 && even == 0 ? new UnicodeEncoding(bigEndian: false, byteOrderMark: false)
            : even > half * 0.7 && odd == 0 ? new UnicodeEncoding(bigEndian: true, byteOrderMark: false)
            : null;
    }

    /// <summary>Returns the character set that an HTML page declares in its first kilobyte.</summary>
    public static string? DeclaredInHtml(ReadOnlySpan<byte> bytes)
    {
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 1024)]);
        var match = MetaCharset().Match(head);
        return match.Success ? match.Groups["name"].Value : null;
    }

    private static Encoding? Find(string? name)
    {
        // As in browsers (WHATWG Encoding standard, 4.2), "Latin 1" and "ASCII" mean Windows-1252, and UTF-16 requires a byte order mark.
        switch (name?.ToLowerInvariant())
        {
            case null or "utf-8" or "utf-16" or "utf-16le" or "utf-16be" or "utf-32" or "utf-7":
                return null;
            case "iso-8859-1" or "latin1" or "us-ascii" or "ascii":
                return CodePagesEncodingProvider.Instance.GetEncoding(1252);
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null; // an unknown name: the bytes are tried as UTF-8
        }
    }

    [GeneratedRegex("""<meta[^>]+charset\s*=\s*["']?(?<name>[\w-]+)""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetaCharset();
}
