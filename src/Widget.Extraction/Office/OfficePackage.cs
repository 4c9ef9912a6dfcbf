using System.IO.Compression;
using DocumentFormat.OpenXml.Packaging;

namespace Widget.Extraction;

/// <summary>Opens an office file (ECMA-376, Open Packaging Conventions) after checking its unpacked size.</summary>
internal static class OfficePackage
{
    private const int MaxEntries = 10_000;
    private const long MaxUnpacked = 300L << 20;

    /// <summary>Checks and reads an office file.</summary>
    /// <param name="content">The file.</param>
    /// <param name="name">The expected kind of file for messages, such as "a Word document".</param>
    /// <param name="read">Reads the open package.</param>
    /// <exception cref="IngestionFailureException">The file is damaged or its unpacked size is too large.</exception>
    public static ExtractedDocument Read(ReadOnlyMemory<byte> content, string name, Func<Stream, ExtractedDocument> read)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        try
        {
            CheckSize(stream);
            stream.Position = 0;
            return read(stream);
        }
        catch (Exception e) when (e is InvalidDataException or OpenXmlPackageException or FileFormatException or System.Xml.XmlException
            or EndOfStreamException or KeyNotFoundException or FormatException or UriFormatException)
        {
            throw new IngestionFailureException($"This file is damaged or is not {name}.", e);
        }
    }

    /// <summary>
    /// A zip file can expand to a thousand times its size and declare a wrong size. Both the declared and the actual size are checked, and
    /// unpacking stops at the limit.
    /// </summary>
    private static void CheckSize(Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > MaxEntries)
            throw new IngestionFailureException($"This document has more than {MaxEntries:N0} parts and was not read.");
        if (zip.Entries.Sum(entry => entry.Length) > MaxUnpacked) throw TooLarge();
        var buffer = new byte[64 * 1024];
        var unpacked = 0L;
        foreach (var entry in zip.Entries)
        {
            using var part = entry.Open();
            int read;
            while ((read = part.Read(buffer)) > 0)
            {
                unpacked += read;
                if (unpacked > MaxUnpacked) throw TooLarge();
            }
        }
    }

    private static IngestionFailureException TooLarge() =>
        new($"This document is larger than {MaxUnpacked >> 20} MB when unpacked. Split it into smaller documents.");
}
