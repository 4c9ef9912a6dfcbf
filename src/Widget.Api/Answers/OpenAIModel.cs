using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using Widget.Api.Outbound;

namespace Widget.Api.Answers;

/// <summary>
/// Any OpenAI-compatible chat endpoint (OpenAI, Azure, Ollama, vLLM …) as an <see cref="IChatClient"/>: OpenAI's own library through
/// Microsoft.Extensions.AI.OpenAI, adapted to what other servers need.
/// </summary>
internal static class OpenAIModel
{
    // A visitor is waiting: after one retry the sources are quoted instead.
    private const int Retries = 1;
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    /// <summary>The model as visitors use it: traced, metered, and with a deadline for its first word.</summary>
    public static IChatClient ForVisitors(ChatModelOptions options, HttpClient http, ModelStatus modelStatus, TimeProvider clock) =>
        new FailFastChatClient(
            new MeteredChatClient(Traced(Create(options, http)), options.Model),
            modelStatus,
            options.FirstTokenTimeout,
            clock);

    /// <summary>The same for a tenant's own model.</summary>
    public static IChatClient ForTenant(
        ChatModelOptions options,
        HttpClient http,
        TenantModelTracing tracing,
        ModelStatus status,
        TimeProvider clock)
    {
        var traced = tracing.Trace(Create(options, http), options.Model);
        return new FailFastChatClient(new MeteredChatClient(traced, options.Model), status, options.FirstTokenTimeout, clock);
    }

    /// <summary>The model alone, without deadline, metering and tracing.</summary>
    public static IChatClient Create(ChatModelOptions options, HttpClient http)
    {
        var usage = new UsageFieldPolicy();
        var connection = new OpenAIConnection(options.Endpoint, options.Key, http, options.UsesApiKeyHeader);
        var settings = connection.Options(options.NetworkTimeout, new BoundedRetries(Retries, MaxPause));
        settings.AddPolicy(usage, PipelinePosition.PerCall);
        var client = new ChatClient(options.Model, connection.Credential, settings).AsIChatClient();
        return new VerbatimFunctionCalls(new UsageFallbackChatClient(client, usage));
    }

    // Spans and metrics by the GenAI semantic conventions. They never contain questions and answers, even if an environment variable
    // asks for it.
    private static OpenTelemetryChatClient Traced(IChatClient model) =>
        new(model, sourceName: AnswerTelemetry.Models) { EnableSensitiveData = false };
}
