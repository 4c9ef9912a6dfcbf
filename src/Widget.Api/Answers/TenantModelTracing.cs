using Microsoft.Extensions.AI;

namespace Widget.Api.Answers;

/// <summary>
/// Traces the calls of all tenants' own models with one client. Each of these tracing clients has a meter, and metrics of one name stop as
/// soon as one of their meters is disposed, so a client for each tenant could never be released.
/// </summary>
internal sealed class TenantModelTracing : IDisposable
{
    // Spans and metrics by the GenAI semantic conventions, without questions and answers.
    private readonly OpenTelemetryChatClient _traced =
        new(new Dispatcher(), sourceName: AnswerTelemetry.Models) { EnableSensitiveData = false };

    /// <summary>Adds tracing to a model.</summary>
    /// <param name="model">The client of the model.</param>
    /// <param name="name">The model's name.</param>
    public IChatClient Trace(IChatClient model, string name) => new TracedModel(_traced, model, name);

    public void Dispose() => _traced.Dispose();

    private sealed class TracedModel(IChatClient traced, IChatClient model, string name) : StreamedChatClient(traced)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default) =>
            InnerClient.GetStreamingResponseAsync(messages, new DispatchedOptions(model, name, options), cancellationToken);
    }

    /// <summary>Carries the model of a call through the tracing client.</summary>
    private sealed class DispatchedOptions : ChatOptions
    {
        public DispatchedOptions(IChatClient model, string name, ChatOptions? original)
            : base(original)
        {
            (Model, Original, ModelId) = (model, original, name);
        }

        public IChatClient Model { get; }

        public ChatOptions? Original { get; }

        public override ChatOptions Clone() => new DispatchedOptions(Model, ModelId!, Original);
    }

    private sealed class Dispatcher : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default)
        {
            var call = (DispatchedOptions)options!;
            return call.Model.GetStreamingResponseAsync(messages, call.Original, cancellationToken);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

        public void Dispose()
        {
            // There is nothing to dispose of.
        }
    }
}
