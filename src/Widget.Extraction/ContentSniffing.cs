using System.Text;

namespace Widget.Extraction;

/// <summary>
/// Detects a file's format from its first bytes, as WHATWG's MIME Sniffing standard does for browsers, because names and declared types are
/// often wrong.
/// </summary>
public static class ContentSniffing
{
    private static readonly byte[] ZipStart = [(byte)'P', (byte)'K', 3, 4];
    private static readonly byte[] CompoundFile = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    /// <summary>Returns the format to read a document as: the detected one, otherwise the declared one.</summary>
    /// <exception cref="IngestionFailureException">The detected format is not supported.</exception>
    public static string Recognise(ReadOnlySpan<byte> content, string declared)
    {
        if (UnsupportedReason(content) is { } reason) throw new IngestionFailureException(reason);
        return Of(content, declared) ?? declared;
    }

    /// <summary>Returns the detected format; null when the bytes do not identify one.</summary>
    public static string? Of(ReadOnlySpan<byte> content, string? declared = null)
    {
        if (content.StartsWith("%PDF-"u8)) return MediaTypes.Pdf;
        if (content.StartsWith(ZipStart)) return Office(content, declared);
        if (content is [0x89, (byte)'P', (byte)'N', (byte)'G', ..]) return MediaTypes.Png;
        if (content is [0xFF, 0xD8, 0xFF, ..]) return MediaTypes.Jpeg;
        if (content.StartsWith("GIF8"u8)) return MediaTypes.Gif;
        if (content.StartsWith("II*\0"u8) || content.StartsWith("MM\0*"u8)) return MediaTypes.Tiff;
        if (content.StartsWith("BM"u8) && content is [_, _, _, _, _, _, 0, 0, 0, 0, ..]) return MediaTypes.Bmp;
        if (content is [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, ..])
        {
            if (content[8..].StartsWith("WEBP"u8)) return MediaTypes.WebP;
            if (content[8..].StartsWith("WAVE"u8)) return MediaTypes.Wav;
        }

        if (content.StartsWith("ID3"u8)) return MediaTypes.Mp3;
        if (content.StartsWith("fLaC"u8)) return MediaTypes.Flac;
        if (content.StartsWith("OggS"u8)) return MediaTypes.Ogg;
        if (content is [0x1A, 0x45, 0xDF, 0xA3, ..])
            return content[..Math.Min(content.Length, 64)].IndexOf("webm"u8) >= 0 ? MediaTypes.WebM : MediaTypes.Matroska;
        if (content.Length > 12 && content[4..].StartsWith("ftyp"u8))
        {
            return content[8..].StartsWith("M4A"u8) ? MediaTypes.M4a
                : content[8..].StartsWith("qt  "u8) ? MediaTypes.QuickTime
                : MediaTypes.Mp4;
        }

        if (content.StartsWith("WEBVTT"u8) || content.StartsWith("\ufeffWEBVTT"u8)) return MediaTypes.WebVtt;
        return IsHtml(content) ? MediaTypes.Html : null;
    }

    private static bool IsHtml(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("\ufeff"u8)) content = content[3..];
        var head = Encoding.Latin1.GetString(content[..Math.Min(content.Length, 512)]).TrimStart();
        return head.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || head.StartsWith("<html>", StringComparison.OrdinalIgnoreCase)
            || head.StartsWith("<html ", StringComparison.OrdinalIgnoreCase);
    }

    // An office file is a zip with a part of a known name, stored uncompressed. Embedded documents may contain such names too, so the
    // declared kind wins if it is present, otherwise the first one found.
    private static string? Office(ReadOnlySpan<byte> content, string? declared)
    {
        var word = content.IndexOf("word/document"u8);
        var slides = content.IndexOf("ppt/presentation"u8);
        var sheets = content.IndexOf("xl/workbook"u8);
        if (declared == MediaTypes.Docx && word >= 0) return MediaTypes.Docx;
        if (declared == MediaTypes.Pptx && slides >= 0) return MediaTypes.Pptx;
        if (declared == MediaTypes.Xlsx && sheets >= 0) return MediaTypes.Xlsx;
        var (best, at) = ((string?)null, int.MaxValue);
        if (word >= 0 && word < at) (best, at) = (MediaTypes.Docx, word);
        if (slides >= 0 && slides < at) (best, at) = (MediaTypes.Pptx, slides);
        if (sheets >= 0 && sheets < at) best = MediaTypes.Xlsx;
        return best;
    }

    // Why a format is not supported; null when the bytes do not identify an unsupported one.
    private static string? UnsupportedReason(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(CompoundFile))
        {
            return content.IndexOf(Encoding.Unicode.GetBytes("EncryptedPackage")) >= 0
                ? "This document is protected by a password. Add a copy without a password."
                : "This document has an old Office format (DOC, XLS or PPT). Save it as DOCX, XLSX or PPTX and add that file.";
        }

        if (content.StartsWith(ZipStart))
        {
            if (content[..Math.Min(content.Length, 256)].IndexOf("application/vnd.oasis.opendocument"u8) >= 0)
                return "This is an OpenDocument file. Save it as DOCX, XLSX, PPTX or PDF and add that file.";
            if (content[..Math.Min(content.Length, 256)].IndexOf("application/epub+zip"u8) >= 0)
                return "EPUB books are not supported. Add the text as HTML or PDF.";
            if (Office(content, null) is null) return "This is a ZIP archive, not a document. Add its files one by one.";
        }

        if (content is [0x1F, 0x8B, ..]
            or [(byte)'B', (byte)'Z', (byte)'h', ..]
            or [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..]
            or [(byte)'7', (byte)'z', 0xBC, 0xAF, ..]
            || content.StartsWith("Rar!"u8))
        {
            return "This is a compressed archive, not a document. Unpack it and add its files.";
        }

        if (content.StartsWith("{\\rtf"u8)) return "This is an RTF document. Save it as DOCX or PDF and add that file.";
        if (content is [0x7F, (byte)'E', (byte)'L', (byte)'F', ..]) return "This file is a program, not a document.";
        return null;
    }
}
