namespace Widget.Rag.Reading.Extraction;

/// <summary>Something said in a recording.</summary>
/// <param name="Start">Seconds from the beginning.</param>
/// <param name="End">Seconds from the beginning.</param>
/// <param name="Text">What is said.</param>
public sealed record SpokenSegment(double Start, double End, string Text);

/// <summary>A model that writes down what is said.</summary>
public interface ITranscriber
{
    /// <summary>What is said in an MP3 of less than 25 MB, in order.</summary>
    /// <exception cref="IngestionFailureException">The model does not answer, or refuses.</exception>
    Task<IReadOnlyList<SpokenSegment>> TranscribeAsync(ReadOnlyMemory<byte> mp3, CancellationToken ct);
}

/// <summary>A model that says in words what a picture shows.</summary>
public interface IImageDescriber
{
    /// <summary>A description of a picture (PNG, JPEG, WebP or GIF).</summary>
    /// <exception cref="IngestionFailureException">The model does not answer, or refuses.</exception>
    Task<string> DescribeAsync(ReadOnlyMemory<byte> image, string mediaType, CancellationToken ct);
}
