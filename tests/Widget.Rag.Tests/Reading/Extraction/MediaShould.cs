using System.Text;
using Widget.Rag.Reading;
using Widget.Rag.Reading.Extraction;
using Widget.Rag.Search;
using Widget.Testing;

namespace Widget.Rag.Tests.Reading.Extraction;

/// <summary>Images, scans and recordings, read with tesseract and ffmpeg.</summary>
public sealed class MediaShould
{
    private const string Subtitles =
        "1\n00:00:00,500 --> 00:00:01,500\nLift the lever\n\n2\n00:00:01,500 --> 00:00:03,000\nto take the battery "
            + "out.\n\n3\n00:00:03,500 --> 00:00:05,000\nThen charge it.\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Be_read_from_a_picture()
    {
        var read = await ReadAsync("screenshot.png", await ContentAsync("screenshot.png"), MediaTypes.Png);

        read.Document.Kind.ShouldBe(DocumentKind.Image);
        read.Document.Passages.ShouldContain(passage => passage.Text.Contains("800 charging cycles"));
    }

    [Fact]
    public async Task Be_read_from_an_image_named_as_a_pdf() =>
        (await ReadAsync("scan.pdf", await ContentAsync("screenshot.png"), MediaTypes.Pdf)).Document.Kind.ShouldBe(DocumentKind.Image);

    [Fact]
    public async Task Be_read_from_scanned_pages_with_their_numbers()
    {
        var document = await new PdfReader().ReadAsync(new RawDocument(await ContentAsync("scanned.pdf"), MediaTypes.Pdf), Ct);

        document.Blocks.ShouldContain(block => block.Text.Contains("20,000 km") && block.Page == 1);
    }

    [Fact]
    public async Task Report_an_image_without_text()
    {
        var grey = await FfmpegAsync(
            "-f",
            "lavfi",
            "-i",
            "color=gray:s=200x200:d=0.04",
            "-frames:v",
            "1",
            "-f",
            "image2pipe",
            "-c:v",
            "png",
            "pipe:1");

        (await FailureAsync(new ImageReader(), grey, MediaTypes.Png)).ShouldContain("WIDGET_VISION_ENDPOINT");
    }

    [Fact]
    public async Task Report_a_damaged_image() =>
        (await FailureAsync(new ImageReader(), (await ContentAsync("screenshot.png"))[..200], MediaTypes.Png)).ShouldContain("damaged");

    [Fact]
    public async Task Describe_pictures_and_read_them()
    {
        var model = new Describer("A page of a service handbook.");

        var document = await new ImageReader(model).ReadAsync(new RawDocument(await ContentAsync("screenshot.png"), MediaTypes.Png), Ct);

        document.Blocks[0].Text.ShouldBe("A page of a service handbook.");
        document.Blocks.Count.ShouldBeGreaterThan(1);
        model.Seen.ShouldAllBe(seen => seen == MediaTypes.Jpeg);
    }

    [Fact]
    public async Task Give_what_is_said_in_a_video_by_its_subtitles()
    {
        var read = await ReadAsync("film.mkv", await VideoAsync(subtitles: true), MediaTypes.Matroska);

        read.Document.Kind.ShouldBe(DocumentKind.Video);
        var first = read.Document.Passages[0];
        first.Text.ShouldContain("Lift the lever to take the battery out.\nThen charge it.");
        (first.Locator.Start, first.Locator.End).ShouldBe((0.5, 5.0));
        first.Locator.Fragment.ShouldBe("#t=0.5,5");
    }

    [Fact]
    public async Task Give_what_is_said_by_a_model_and_what_is_seen_with_their_times()
    {
        var (speech, sight) = (new Transcriber([new(1, 2, " Open the"), new(2, 3.5, "lid.")]), new Describer("A colour bar."));
        var reader = new RecordingReader(Readers.Pool, new ImageReader(sight), speech);

        var document = await reader.ReadAsync(new RawDocument(await VideoAsync(subtitles: false), MediaTypes.Matroska), Ct);

        document.Kind.ShouldBe(ContentKind.Video);
        document.Blocks.ShouldContain(new Block(BlockKind.Paragraph, "Open the lid.") { Start = 1, End = 3.5 });
        document.Blocks.Count(block => block.Text == "A colour bar.").ShouldBe(2); // the beginning, and where the scene changes
        document.Blocks.Where(block => block.Text == "A colour bar.").Select(block => Math.Round(block.Start!.Value)).ShouldBe([0, 3]);
        speech.Bytes.ShouldBeGreaterThan(0);
        document.Blocks.Select(block => block.Start).ShouldBeInOrder();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task Keep_what_is_said_and_the_other_frames_when_some_cannot_be_read(int bad, int seen)
    {
        var reader = new RecordingReader(
            Readers.Pool,
            new ImageReader(new Describer("A colour bar.") { Failures = bad }),
            new Transcriber([new(1, 2, "Hello.")]));

        var document = await reader.ReadAsync(new RawDocument(await VideoAsync(subtitles: false), MediaTypes.Matroska), Ct);

        document.Blocks.Count(block => block.Text == "A colour bar.").ShouldBe(seen);
        document.Blocks.ShouldContain(block => block.Text == "Hello.");
    }

    [Fact]
    public async Task Take_a_long_recording_apart_and_keep_its_times()
    {
        var audio = await FfmpegAsync("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "2450", "-c:a", "flac", "-f", "flac", "pipe:1");
        var speech = new Transcriber([new(1, 2, "Hello.")]);

        var document = await new RecordingReader(Readers.Pool, new ImageReader(), speech)
            .ReadAsync(new RawDocument(audio, MediaTypes.Flac), Ct);

        document.Kind.ShouldBe(ContentKind.Audio);
        document.Blocks.Select(block => block.Start).ShouldBe([1.0, 1201.0, 2401.0]);
        speech.Largest.ShouldBeLessThan(25 << 20);
    }

    [Fact]
    public async Task Explain_what_to_do_without_transcription()
    {
        var audio = await FfmpegAsync("-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-f", "wav", "pipe:1");
        var reader = new RecordingReader(Readers.Pool, new ImageReader());

        var failure = await FailureAsync(reader, audio, MediaTypes.Wav);

        failure.ShouldContain("WIDGET_TRANSCRIPTION_ENDPOINT");
        failure.ShouldContain("VTT or SRT");
    }

    [Fact]
    public async Task Report_a_damaged_recording() =>
        (await FailureAsync(new RecordingReader(Readers.Pool, new ImageReader()), [.. "RIFF1234WAVE"u8, .. new byte[100]], MediaTypes.Wav))
            .ShouldContain("damaged");

    [Fact]
    public async Task Not_follow_a_recording_to_other_files()
    {
        var list = Encoding.UTF8.GetBytes("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/hostname\n");

        (await FailureAsync(new RecordingReader(Readers.Pool, new ImageReader(), new Transcriber([])), list, MediaTypes.Mp4))
            .ShouldContain("damaged or its format is not supported");
    }

    private static async Task<byte[]> VideoAsync(bool subtitles)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.srt");
        await File.WriteAllTextAsync(file, Subtitles, Ct);
        try
        {
            string[] inputs =
            [
                "-f", "lavfi", "-i", "color=white:s=320x240:r=10:d=3", "-f", "lavfi", "-i", "smptebars=s=320x240:r=10:d=3",
                "-f", "lavfi", "-i", "sine=frequency=440:duration=6",
            ];
            string[] joined =
            [
                "-filter_complex", "[0:v][1:v]concat=n=2:v=1[v]", "-map", "[v]", "-map", "2:a", "-c:v", "mpeg4", "-c:a", "flac",
            ];
            return subtitles
                ? await FfmpegAsync([.. inputs, "-i", file, .. joined, "-map", "3:s", "-c:s", "srt", "-f", "matroska", "pipe:1"])
                : await FfmpegAsync([.. inputs, .. joined, "-f", "matroska", "pipe:1"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<byte[]> FfmpegAsync(params string[] arguments)
    {
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            ["-v", "error", "-nostdin", .. arguments],
            default,
            new ChildLimits(TimeSpan.FromSeconds(60), 4L << 30, 100 << 20),
            Ct);
        result.ExitCode.ShouldBe(0, result.Errors);
        return result.Output;
    }

    private static Task<ReadDocument> ReadAsync(string name, byte[] content, string mediaType) =>
        new DocumentReader(Readers.Shared, new Chunker())
            .ReadAsync(name, new RawDocument(content, mediaType), new DocumentDescription(), Ct);

    private static async Task<string> FailureAsync(IReader reader, byte[] content, string mediaType) =>
        (await Should.ThrowAsync<IngestionFailureException>(() => reader.ReadAsync(new RawDocument(content, mediaType), Ct))).Message;

    private static Task<byte[]> ContentAsync(string file) =>
        File.ReadAllBytesAsync(Path.Combine(Repository.Root, "tests/data/documents", file), Ct);

    private sealed class Describer(string says) : IImageDescriber
    {
        public List<string> Seen { get; } = [];

        public int Failures { get; init; }

        public Task<string> DescribeAsync(ReadOnlyMemory<byte> image, string mediaType, CancellationToken ct)
        {
            Seen.Add(mediaType);
            if (Seen.Count <= Failures) throw new IngestionFailureException("The model refuses this picture.");
            return Task.FromResult(says);
        }
    }

    private sealed class Transcriber(IReadOnlyList<SpokenSegment> says) : ITranscriber
    {
        public long Bytes { get; private set; }

        public long Largest { get; private set; }

        public Task<IReadOnlyList<SpokenSegment>> TranscribeAsync(ReadOnlyMemory<byte> mp3, CancellationToken ct)
        {
            (Bytes, Largest) = (Bytes + mp3.Length, Math.Max(Largest, mp3.Length));
            return Task.FromResult(says);
        }
    }
}
