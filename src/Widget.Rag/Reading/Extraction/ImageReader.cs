namespace Widget.Rag.Reading.Extraction;

/// <summary>Reads images: their content with a vision model if one is configured, and their text with text recognition.</summary>
public sealed class ImageReader(IImageDescriber? describer = null) : IReader
{
    private static readonly ChildLimits Limits = new(TimeSpan.FromSeconds(30), 1L << 30, 20 << 20);

    /// <summary>Whether a vision model or text recognition is available.</summary>
    internal bool CanDescribe => describer is not null || CharacterRecognition.IsInstalled;

    public bool Reads(string mediaType) => MediaTypes.IsImage(mediaType);

    /// <exception cref="IngestionFailureException">The image is damaged, or has no readable content.</exception>
    public async Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct)
    {
        if (!MediaTypes.IsImage(ContentSniffing.Of(document.Content.Span) ?? ""))
            throw new IngestionFailureException("This file is not an image in a supported format.");
        var paragraphs = await DescribeAsync(document.Content, document.MediaType, ct);
        if (paragraphs.Count > 0)
            return new ExtractedDocument(
                null,
                null,
                [.. paragraphs.Select(text => new Block(BlockKind.Paragraph, text))])
            { Kind = ContentKind.Image };
        throw new IngestionFailureException((describer, CharacterRecognition.IsInstalled) switch
        {
            (null, true) => "No text was found in this image, and no vision model is configured to describe it "
                + "(WIDGET_VISION_ENDPOINT).",
            (null, false) => "Reading images needs the program tesseract, which is not installed on the server, "
                + "or a vision model, which is not configured (WIDGET_VISION_ENDPOINT).",
            _ => "This image has no text and nothing to describe.",
        });
    }

    /// <summary>Describes an image, followed by its text. Empty when neither is found.</summary>
    internal async Task<IReadOnlyList<string>> DescribeAsync(ReadOnlyMemory<byte> image, string mediaType, CancellationToken ct)
    {
        var paragraphs = new List<string>();
        if (describer is not null)
        {
            var (bytes, type) = await PlainAsync(image, mediaType, ct);
            var description = HtmlExtractor.CollapseWhiteSpace(await describer.DescribeAsync(bytes, type, ct));
            if (description.Length > 0) paragraphs.Add(description);
        }

        if (CharacterRecognition.IsInstalled) paragraphs.AddRange(await CharacterRecognition.ReadAsync(image, ct));
        return paragraphs;
    }

    // Vision models support few formats, and larger images do not improve their answers.
    private static async Task<(ReadOnlyMemory<byte> Image, string MediaType)> PlainAsync(
        ReadOnlyMemory<byte> image,
        string mediaType,
        CancellationToken ct)
    {
        if (!ChildProcess.Has("ffmpeg") && mediaType is not (MediaTypes.Tiff or MediaTypes.Bmp)) return (image, mediaType);
        var result = await ChildProcess.RunAsync(
            "ffmpeg",
            [
                "-v", "error", "-protocol_whitelist", "pipe", "-i", "pipe:0", "-frames:v", "1", "-vf", "scale='min(1600,iw)':-2", "-f",
                "image2pipe", "-c:v", "mjpeg", "-q:v", "4", "pipe:1",
            ],
            image,
            Limits,
            ct);
        return result is { ExitCode: 0, Output.Length: > 0 } ? (result.Output, MediaTypes.Jpeg)
            : throw new IngestionFailureException("This image is damaged and could not be read.");
    }
}
