using Microsoft.Extensions.Logging.Abstractions;
using Widget.Rag.Embeddings.Local;

namespace Widget.Testing;

/// <summary>The local sentence models, loaded once for a test process.</summary>
public static class SentenceModels
{
    /// <summary>Not disposed: it lives as long as the process.</summary>
    public static SentenceEmbedder Shared { get; } = new(
        Path.Combine(Repository.Root, ".local", "models"),
        NullLogger<SentenceEmbedder>.Instance);
}
