using Widget.Rag.Classification;

namespace Widget.Rag.Search.Routing;

/// <summary>The router's classifier. Its files are embedded in this assembly.</summary>
internal static class RouterModel
{
    /// <summary>The topics of words (router-topics.txt) in six languages.</summary>
    public static TopicTable Topics { get; } = TopicTable.Read(Open("router-topics.txt"));

    public static WordFeatures Features { get; } = new(Topics);

    /// <summary>The shipped weights. Their only label is "about something seen, shown or heard".</summary>
    public static ClassifierWeights Weights { get; } = Read(Open("router-weights.bin"));

    public static ClassifierWeights Read(Stream stream) => ClassifierWeights.Read(stream, labels: 1, WordFeatures.Count);

    private static Stream Open(string name) =>
        typeof(RouterModel).Assembly.GetManifestResourceStream($"Widget.Rag.Search.Routing.{name}")
        ?? throw new InvalidOperationException($"The assembly does not contain {name}.");
}
