using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace Widget.Api.Outbound;

/// <summary>How clients of OpenAI's library reach an OpenAI-compatible endpoint.</summary>
/// <param name="endpoint">The root of the API.</param>
/// <param name="key">The key; null or empty when the endpoint needs none.</param>
/// <param name="http">The HTTP client for the requests.</param>
internal sealed class OpenAIConnection(Uri? endpoint, string? key, HttpClient http)
{
    /// <summary>The key, or a placeholder for endpoints without one, because the library requires a key.</summary>
    public ApiKeyCredential Credential => new(string.IsNullOrEmpty(key) ? "none" : key);

    /// <param name="timeLimit">The time limit for one attempt.</param>
    /// <param name="retries">The retries after busy (429) and failed (5xx) responses.</param>
    public OpenAIClientOptions Options(TimeSpan timeLimit, BoundedRetries retries) => new()
    {
        Endpoint = endpoint,
        NetworkTimeout = timeLimit,
        RetryPolicy = retries,
        Transport = new HttpClientPipelineTransport(http),
    };
}
