using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace Widget.Api.Outbound;

/// <summary>How clients of OpenAI's library reach an OpenAI-compatible endpoint.</summary>
/// <param name="endpoint">The root of the API.</param>
/// <param name="key">The key; null or empty when the endpoint needs none.</param>
/// <param name="http">The HTTP client for the requests.</param>
/// <param name="usesApiKeyHeader">Whether the endpoint expects the key as <c>api-key</c>, as Azure does, not as a bearer token.</param>
internal sealed class OpenAIConnection(Uri? endpoint, string? key, HttpClient http, bool usesApiKeyHeader = false)
{
    /// <summary>The key, or a placeholder for endpoints without one, because the library requires a key.</summary>
    public ApiKeyCredential Credential => new(string.IsNullOrEmpty(key) ? "none" : key);

    /// <param name="timeLimit">The time limit for one attempt.</param>
    /// <param name="retries">The retries after busy (429) and failed (5xx) responses.</param>
    public OpenAIClientOptions Options(TimeSpan timeLimit, BoundedRetries retries)
    {
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint,
            NetworkTimeout = timeLimit,
            RetryPolicy = retries,
            Transport = new HttpClientPipelineTransport(http),
        };
        // The library has already added the bearer token when this policy runs.
        if (usesApiKeyHeader && !string.IsNullOrEmpty(key)) options.AddPolicy(new ApiKeyHeader(key), PipelinePosition.BeforeTransport);
        return options;
    }

    /// <summary>Sends the key as <c>api-key</c> instead of as a bearer token.</summary>
    private sealed class ApiKeyHeader(string key) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Replace(message);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Replace(message);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void Replace(PipelineMessage message)
        {
            message.Request.Headers.Remove("Authorization");
            message.Request.Headers.Set("api-key", key);
        }
    }
}
