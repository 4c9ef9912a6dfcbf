using Widget.Rag.Reading.Extraction;

namespace Widget.Testing;

/// <summary>What reads documents in tests, as the server does: one warm pool for all of them, whose children end with this process.</summary>
public static class Readers
{
    public static ReaderPool Pool { get; } = new();

    public static IReadOnlyList<IReader> Shared { get; } = [Pool, new PdfReader(), new ImageReader(), new RecordingReader(Pool, new ImageReader())];
}
