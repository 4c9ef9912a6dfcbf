using System.IO.Compression;
using DocumentFormat.OpenXml.Packaging;

namespace Widget.Extraction;

/// <summary>Opens an office file (ECMA-376, Open Packaging Conventions) after checking its unpacked size.</summary>
internal static class OfficePackage
{
    private const int MostEntries = 10_000;
    private const long MostUnpacked = 300L << 20;

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
            throw new IngestionFailureException($"This file is damaged, or it is not {name} although it is named or sent as one.", e);
        }
    }

    /// <summary>
    /// A zip file can expand to a thousand times its size and declare a wrong size. Both the declared and the actual size are checked, and
    /// unpacking stops at the limit.
    /// </summary>
    private static void CheckSize(Stream stream)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > MostEntries)
            throw new IngestionFailureException($"This document is made of more than {MostEntries:N0} parts, so it was not read.");
        if (zip.Entries.Sum(entry => entry.Length) > MostUnpacked) throw TooLarge();
        var buffer = new byte[64 * 1024];
        var unpacked = 0L;
        foreach (var entry in zip.Entries)
        {
            using var part = entry.Open();
            int read;
            while ((read = part.Read(buffer)) > 0)
            {
                unpacked += read;
                if (unpacked > MostUnpacked) throw TooLarge();
            }
        }
    }

    private static IngestionFailureException TooLarge() =>
        new($"This document unpacks to more than {MostUnpacked >> 20} MB, so it was not read. Split it into parts.");
}
