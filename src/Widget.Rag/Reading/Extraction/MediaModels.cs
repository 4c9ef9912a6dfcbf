namespace Widget.Rag.Reading.Extraction;

/// <summary>A segment of a transcript.</summary>
/// <param name="Start">Start in seconds.</param>
/// <param name="End">End in seconds.</param>
/// <param name="Text">The spoken text.</param>
public sealed record SpokenSegment(double Start, double End, string Text);

/// <summary>A model that transcribes speech.</summary>
public interface ITranscriber
{
    /// <summary>Transcribes an MP3 of less than 25 MB.</summary>
    /// <exception cref="IngestionFailureException">The model is unavailable or rejects the recording.</exception>
    Task<IReadOnlyList<SpokenSegment>> TranscribeAsync(ReadOnlyMemory<byte> mp3, CancellationToken ct);
}

/// <summary>A model that describes images.</summary>
public interface IImageDescriber
{
    /// <summary>Describes an image (PNG, JPEG, WebP or GIF).</summary>
    /// <exception cref="IngestionFailureException">The model is unavailable or rejects the image.</exception>
    Task<string> DescribeAsync(ReadOnlyMemory<byte> image, string mediaType, CancellationToken ct);
}
