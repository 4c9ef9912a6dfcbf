using Widget.Rag.Reading.Extraction;

namespace Widget.Testing;

/// <summary>Reads documents in tests as the server does, with one warm pool whose children end with this process.</summary>
public static class Readers
{
    public static ReaderPool Pool { get; } = new();

    public static IReadOnlyList<IReader> Shared { get; } =
        [Pool, new PdfReader(), new ImageReader(), new RecordingReader(Pool, new ImageReader())];
}
