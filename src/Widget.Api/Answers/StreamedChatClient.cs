using Microsoft.Extensions.AI;

namespace Widget.Api.Answers;

/// <summary>A decorator of a chat model that handles streamed responses only. A whole response is streamed and collected.</summary>
public abstract class StreamedChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public sealed override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public abstract override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default);
}
