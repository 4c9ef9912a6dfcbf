namespace Widget.Rag.Embeddings.Local;

/// <summary>The local sentence models.</summary>
public sealed record LocalEmbeddingOptions
{
    /// <summary>Whether this node uses them (WIDGET_LOCAL_EMBEDDINGS). They need about 200 MB of memory.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Folder where the optimised models are cached, 180 MB (WIDGET_MODEL_CACHE). Nodes on one machine may share it.</summary>
    public string Cache { get; init; } = DefaultCache;

    /// <summary>A folder of the user who runs the node. Other users cannot replace the models in it.</summary>
    public static string DefaultCache { get; } = Path.Combine(UserFolder(), "widget", "models");

    private static string UserFolder()
    {
        var folder = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length > 0 ? folder : AppContext.BaseDirectory;
    }
}
