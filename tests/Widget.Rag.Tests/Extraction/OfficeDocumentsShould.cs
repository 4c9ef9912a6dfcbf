using System.IO.Compression;
using System.Text;
using Widget.Rag.Reading;
using Widget.Testing;

namespace Widget.Rag.Tests.Extraction;

/// <summary>Files made by LibreOffice (tests/data/documents), read in reader child processes as on a server.</summary>
public sealed class OfficeDocumentsShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_read_from_word_with_headings_lists_and_tables()
    {
        var document = await ReadAsync("handbook.docx", MediaTypes.Docx);

        document.Title.ShouldBe("Harbor service handbook");
        document.Blocks.Where(block => block.Kind == BlockKind.Heading).Select(block => (block.Level, block.Text)).ShouldBe(
            [(1, "Harbor service handbook"), (2, "Batteries"), (2, "Service intervals"), (3, "After a crash")]);
        document.Blocks
            .Where(block => block.Kind == BlockKind.ListItem)
            .Select(block => block.Text)
            .ShouldBe(["Store it half charged.", "Keep it above freezing."]);
        var table = document.Blocks.Single(block => block.Kind == BlockKind.Table);
        table.Text.ShouldBe(
            "Part: Brake pads | Interval: 3,000 km | Price: € 24\nPart: Belt | Interval: 20,000 km | Price: € 89");
    }

    [Fact]
    public async Task Be_read_from_slides_with_bullets_tables_and_notes()
    {
        var document = await ReadAsync("launch.pptx", MediaTypes.Pptx);

        document.Blocks.ShouldBe(
        [
            new Block(BlockKind.Heading, "Tide Cargo launch", 1, Page: 1),
            new Block(BlockKind.ListItem, "Carries 180 kg", Page: 1),
            new Block(BlockKind.ListItem, "Ships in May", Page: 1),
            new Block(BlockKind.Paragraph, "Mention that the second child seat is an accessory.", Page: 1),
            new Block(BlockKind.Heading, "Prices", 1, Page: 2),
            new Block(BlockKind.Table, "Model: Cargo 500 | Price: € 4,990", Page: 2),
        ]);
    }

    [Fact]
    public async Task Be_read_from_sheets_with_columns_dates_and_calculated_values()
    {
        var document = await ReadAsync("parts.xlsx", MediaTypes.Xlsx);

        document.Blocks.ShouldBe(
        [
            new Block(BlockKind.Heading, "Spare parts", 1),
            new Block(BlockKind.Table, "Harbor spare parts") { Row = 1 },
            new Block(
                BlockKind.Table,
                "SKU: TB-500 | Part: Tide battery 500 Wh | Net price: 400 | Gross price: 476 | Discount: 15 % | Available from: "
                    + "2026-03-01") { Row = 4 },
            new Block(
                BlockKind.Table,
                "SKU: BP-2 | Part: Brake pads, pair | Net price: 20.5 | Gross price: 24.395 | Available from: 2025-11-15") { Row = 5 },
            new Block(BlockKind.Heading, "Dealers", 1),
            new Block(BlockKind.Table, "City: Kiel | Dealer: Fördevelo") { Row = 2 },
        ]);
        new Chunker(Target: 100).Cut(document).Select(passage => passage.Locator.Row).ShouldBe([1, 5, 2]);
    }

    [Theory]
    [InlineData("handbook.docx", "text/plain")]
    [InlineData("parts.xlsx", MediaTypes.Docx)]
    [InlineData("launch.pptx", MediaTypes.Pdf)]
    public async Task Be_recognised_by_content(string file, string declared)
    {
        var reader = new DocumentReader(Readers.Shared, new Chunker());
        var content = await ContentAsync(file);

        var read = await reader.ReadAsync(file, new RawDocument(content, declared), new DocumentDescription(), Ct);

        read.Document.Passages.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Report_password_protection()
    {
        // An encrypted office file is a compound file ([MS-OFFCRYPTO] 2.3.1) with a stream of this name.
        byte[] encrypted =
        [
            0xD0,
            0xCF,
            0x11,
            0xE0,
            0xA1,
            0xB1,
            0x1A,
            0xE1,
            .. new byte[500],
            .. Encoding.Unicode.GetBytes("EncryptedPackage"),
        ];

        (await FailureAsync(encrypted, MediaTypes.Docx)).ShouldContain("protected by a password");
        (await FailureAsync(encrypted[..500], MediaTypes.Docx)).ShouldContain("old Office format");
    }

    [Theory]
    [InlineData("handbook.docx", MediaTypes.Docx)]
    [InlineData("launch.pptx", MediaTypes.Pptx)]
    [InlineData("parts.xlsx", MediaTypes.Xlsx)]
    public async Task Report_truncated_files_as_damaged(string file, string mediaType)
    {
        var content = await ContentAsync(file);

        (await FailureAsync(content[..(content.Length * 2 / 3)], mediaType)).ShouldContain("damaged");
    }

    [Theory]
    [InlineData(MediaTypes.Docx, "Word")]
    [InlineData(MediaTypes.Pptx, "PowerPoint")]
    [InlineData(MediaTypes.Xlsx, "Excel")]
    public async Task Report_files_of_another_kind(string mediaType, string words) =>
        (await FailureAsync(Encoding.UTF8.GetBytes("just text"), mediaType)).ShouldContain(words);

    [Fact]
    public async Task Not_be_unpacked_beyond_a_limit()
    {
        (await FailureAsync(Zip([("word/document.xml", 400 << 20)]), MediaTypes.Docx)).ShouldContain("larger than 300 MB when unpacked");
    }

    [Fact]
    public async Task Not_trust_the_declared_size()
    {
        var bomb = Zip([("word/document.xml", 400 << 20)]);
        // The size that the archive declares for its one entry, in the central directory and before the entry. The test sets both to 1
        // byte.
        var stated = BitConverter.GetBytes(400 << 20);
        for (var at = bomb.AsSpan().IndexOf(stated); at >= 0; at = bomb.AsSpan().IndexOf(stated)) BitConverter.GetBytes(1).CopyTo(bomb, at);

        var failure = await FailureAsync(bomb, MediaTypes.Docx);

        failure.ShouldMatch("larger than 300 MB when unpacked|damaged");
    }

    [Fact]
    public async Task Have_a_limited_number_of_parts() =>
        (await FailureAsync(Zip([("word/document.xml", 10), .. Enumerable.Range(0, 10_001).Select(i => ($"{i}.xml", 1))]), MediaTypes.Docx))
            .ShouldContain("more than 10,000 parts");

    [Theory]
    [InlineData("mimetypeapplication/vnd.oasis.opendocument.text", "OpenDocument")]
    [InlineData("something else", "ZIP archive")]
    public async Task Be_distinguished_from_other_archives(string beginning, string words) =>
        (await FailureAsync([(byte)'P', (byte)'K', 3, 4, .. Encoding.ASCII.GetBytes(beginning)], MediaTypes.Docx)).ShouldContain(words);

    private static byte[] Zip(IReadOnlyList<(string Name, int Length)> entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            foreach (var (name, length) in entries)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                for (var left = length; left > 0; left -= zeros.Length) entry.Write(zeros, 0, Math.Min(left, zeros.Length));
            }
        }

        return stream.ToArray();
    }

    private static async Task<ExtractedDocument> ReadAsync(string file, string mediaType) =>
        await Readers.Pool.ReadAsync(new RawDocument(await ContentAsync(file), mediaType), Ct);

    private static async Task<string> FailureAsync(byte[] content, string mediaType)
    {
        var reader = new DocumentReader(Readers.Shared, new Chunker());
        return (
            await Should.ThrowAsync<IngestionFailureException>(
                () => reader.ReadAsync("file", new RawDocument(content, mediaType), new DocumentDescription(), Ct))).Message;
    }

    private static Task<byte[]> ContentAsync(string file) =>
        File.ReadAllBytesAsync(Path.Combine(Repository.Root, "tests/data/documents", file), Ct);
}
