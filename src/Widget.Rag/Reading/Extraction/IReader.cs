namespace Widget.Rag.Reading.Extraction;

/// <summary>Reads a family of formats outside this process.</summary>
public interface IReader
{
    /// <summary>Whether the reader supports this media type.</summary>
    bool Reads(string mediaType);

    /// <exception cref="IngestionFailureException">The document cannot be read.</exception>
    Task<ExtractedDocument> ReadAsync(RawDocument document, CancellationToken ct);
}
