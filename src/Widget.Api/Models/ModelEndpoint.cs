using Widget.Contracts;

namespace Widget.Api.Models;

/// <summary>Completes the addresses of model servers.</summary>
internal static class ModelEndpoint
{
    private static readonly Uri OpenAI = new("https://api.openai.com/v1");

    /// <summary>The root of a server's API. Adds the path if only the server's address is given.</summary>
    /// <param name="provider">The kind of server.</param>
    /// <param name="address">The given address; null for the provider's default.</param>
    public static Uri RootOf(ModelProvider provider, string? address)
    {
        if (address is null) return OpenAI;
        var given = new Uri(address.TrimEnd('/'));
        return provider switch
        {
            // https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle: the v1 API needs no api-version.
            ModelProvider.Azure when given.AbsolutePath is "/" or "/openai" => new Uri(given, "/openai/v1"),
            ModelProvider.OpenAI or ModelProvider.Ollama or ModelProvider.Vllm when given.AbsolutePath is "/" => new Uri(given, "/v1"),
            _ => given,
        };
    }
}
