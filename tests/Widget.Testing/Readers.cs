using Widget.Rag.Reading.Extraction;

namespace Widget.Testing;

/// <summary>Document readers for tests, as on a server: one warm pool for all tests, whose children exit with this process.</summary>
public static class Readers
{
    public static ReaderPool Pool { get; } = new();

    public static IReadOnlyList<IReader> Shared { get; } =
    [
        Pool,
        new PdfReader(),
        new ImageReader(),
        new RecordingReader(Pool, new ImageReader()),
    ];
}
