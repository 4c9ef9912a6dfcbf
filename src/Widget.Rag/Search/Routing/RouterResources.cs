namespace Widget.Rag.Search.Routing;

/// <summary>The router's files, which are embedded in this assembly.</summary>
internal static class RouterResources
{
    public static Stream Open(string name) =>
        typeof(RouterResources).Assembly.GetManifestResourceStream($"Widget.Rag.Search.Routing.{name}")
        ?? throw new InvalidOperationException($"The assembly does not contain {name}.");
}
