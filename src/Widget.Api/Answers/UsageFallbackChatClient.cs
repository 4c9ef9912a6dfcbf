using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Widget.Api.Answers;

/// <summary>
/// Requests the number of tokens (<c>stream_options</c>) until a server rejects the field. From then on it is left out.
/// </summary>
internal sealed class UsageFallbackChatClient(IChatClient inner, UsageFieldPolicy field) : StreamedChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IList<ChatMessage> request = [.. messages];
        while (true)
        {
            await using var updates = InnerClient.GetStreamingResponseAsync(request, options, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            bool hasNext;
            try
            {
                hasNext = await updates.MoveNextAsync();
            }
            catch (ClientResultException e) when (!field.IsOmitted && e.Status is 400 or 422 && MentionsField(e))
            {
                field.IsOmitted = true;
                continue;
            }

            for (; hasNext; hasNext = await updates.MoveNextAsync()) yield return updates.Current;
            yield break;
        }
    }

    private static bool MentionsField(ClientResultException e) =>
        e.Message.Contains(UsageFieldPolicy.Name, StringComparison.Ordinal)
        || e.GetRawResponse()?.Content.ToString().Contains(UsageFieldPolicy.Name, StringComparison.Ordinal) == true;
}

/// <summary>Removes <c>stream_options</c> from requests after a server has rejected it. OpenAI's library always sends the field.</summary>
internal sealed class UsageFieldPolicy : PipelinePolicy
{
    public const string Name = "stream_options";

    private volatile bool _isOmitted;

    public bool IsOmitted
    {
        get => _isOmitted;
        set => _isOmitted = value;
    }

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Omit(message);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        Omit(message);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }

    private void Omit(PipelineMessage message)
    {
        if (!_isOmitted || message.Request.Content is not { } content) return;
        using var body = new MemoryStream();
        content.WriteTo(body);
        if (JsonNode.Parse(body.ToArray()) is not JsonObject request || !request.Remove(Name)) return;
        message.Request.Content = BinaryContent.Create(BinaryData.FromString(request.ToJsonString()));
    }
}
