using Widget.Api.Configuration;
using Widget.Rag.Embeddings.Local;
using Widget.Rag.Fetching;
using Widget.Rag.Reading;
using Widget.Rag.Rerank;

namespace Widget.Api.Knowledge;

/// <summary>Reads the options of the knowledge base from environment variables.</summary>
internal static class KnowledgeConfiguration
{
    private const int MaxModelNameLength = 100;

    public static EmbeddingModelOptions ReadEmbedding(Variables variables)
    {
        var (endpoint, key, model) = variables.Model("EMBEDDING", "the model of new tenants");
        if (model is { Length: > MaxModelNameLength })
            variables.Errors.Add($"WIDGET_EMBEDDING_MODEL must have at most {MaxModelNameLength} characters.");
        return new EmbeddingModelOptions { Endpoint = endpoint, Key = key, Model = model };
    }

    public static LocalEmbeddingOptions ReadLocalEmbedding(Variables variables) => new()
    {
        IsEnabled = variables.Switch("WIDGET_LOCAL_EMBEDDINGS", defaultValue: true),
        Cache = variables.Text("WIDGET_MODEL_CACHE") ?? LocalEmbeddingOptions.DefaultCache,
    };

    public static RerankOptions ReadRerank(Variables variables)
    {
        var (endpoint, key, model) = variables.Model("RERANK", example: "https://api.cohere.com/v2");
        return new RerankOptions { Endpoint = endpoint, Key = key, Model = model ?? "" };
    }

    public static FetchOptions ReadFetching(Variables variables)
    {
        var hosts = variables.List("WIDGET_FETCH_ALLOW");
        variables.Errors.AddRange(hosts
            .Where(host => host.Split(':') is not [_, var port] || !ushort.TryParse(port, out _))
            .Select(host => $"WIDGET_FETCH_ALLOW contains \"{host}\". Write each host with its port, such as localhost:5081."));
        return new FetchOptions { AllowedPrivateHosts = hosts.ToHashSet(StringComparer.OrdinalIgnoreCase) };
    }

    public static IngestionOptions ReadIngestion(Variables variables) => new()
    {
        MaxPages = variables.Integer("WIDGET_DOCUMENT_PAGES", IngestionOptions.DefaultPages, min: 1, max: 100_000),
        DocumentTime = TimeSpan.FromSeconds(
            variables.Integer("WIDGET_DOCUMENT_SECONDS", IngestionOptions.DefaultSeconds, min: 10, max: 7_200)),
    };
}
