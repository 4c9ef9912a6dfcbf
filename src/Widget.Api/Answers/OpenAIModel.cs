using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using Widget.Api.Outbound;

namespace Widget.Api.Answers;

/// <summary>
/// Any OpenAI-compatible chat endpoint (OpenAI, Azure, Ollama, vLLM …) as an <see cref="IChatClient"/>: OpenAI's own library through
/// Microsoft.Extensions.AI.OpenAI, with what other servers need.
/// </summary>
internal static class OpenAIModel
{
    // A visitor is waiting: after one retry the sources are quoted instead.
    private const int Retries = 1;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>The model as visitors use it: traced, metered, and with a deadline for its first word.</summary>
    public static IChatClient ForVisitors(ChatModelOptions options, ModelCondition condition, TimeProvider clock) =>
        new PunctualChatClient(new MeteredChatClient(Traced(Create(options)), options.Model), condition, options.FirstWord, clock);

    /// <summary>The model alone, without deadline, metering and tracing.</summary>
    public static IChatClient Create(ChatModelOptions options)
    {
        var usage = new UsageField();
        var settings = new OpenAIClientOptions
        {
            Endpoint = options.Endpoint,
            NetworkTimeout = options.Patience,
            RetryPolicy = new BoundedRetries(Retries, LongestPause),
        };
        settings.AddPolicy(usage, PipelinePosition.PerCall);
        // Self-hosted servers often need no key, but the library does.
        var key = new ApiKeyCredential(string.IsNullOrEmpty(options.Key) ? "none" : options.Key);
        var client = new ChatClient(options.Model, key, settings).AsIChatClient();
        return new VerbatimFunctionCalls(new OptionalUsage(client, usage));
    }

    // Spans and metrics by the GenAI semantic conventions. Questions and answers stay out of them, whatever the environment says.
    private static OpenTelemetryChatClient Traced(IChatClient model) =>
        new(model, sourceName: AnswerTelemetry.Models) { EnableSensitiveData = false };
}
