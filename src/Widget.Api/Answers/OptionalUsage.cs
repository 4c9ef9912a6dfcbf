using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Widget.Api.Answers;

/// <summary>
/// Asks for the number of tokens (<c>stream_options</c>) until a server rejects the field; from then on requests go without it.
/// </summary>
internal sealed class OptionalUsage(IChatClient inner, UsageField field) : StreamedChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IList<ChatMessage> asked = [.. messages];
        while (true)
        {
            await using var updates = InnerClient.GetStreamingResponseAsync(asked, options, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            bool any;
            try
            {
                any = await updates.MoveNextAsync();
            }
            catch (ClientResultException e) when (!field.IsLeftOut && e.Status is 400 or 422 && IsAbout(e))
            {
                field.IsLeftOut = true;
                continue;
            }

            for (; any; any = await updates.MoveNextAsync()) yield return updates.Current;
            yield break;
        }
    }

    private static bool IsAbout(ClientResultException e) =>
        e.Message.Contains(UsageField.Name, StringComparison.Ordinal)
        || e.GetRawResponse()?.Content.ToString().Contains(UsageField.Name, StringComparison.Ordinal) == true;
}

/// <summary>Removes <c>stream_options</c> from requests once a server has rejected it. OpenAI's library always sends the field.</summary>
internal sealed class UsageField : PipelinePolicy
{
    public const string Name = "stream_options";

    private volatile bool _isLeftOut;

    public bool IsLeftOut
    {
        get => _isLeftOut;
        set => _isLeftOut = value;
    }

    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        LeaveOut(message);
        ProcessNext(message, pipeline, currentIndex);
    }

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        LeaveOut(message);
        return ProcessNextAsync(message, pipeline, currentIndex);
    }

    private void LeaveOut(PipelineMessage message)
    {
        if (!_isLeftOut || message.Request.Content is not { } content) return;
        using var body = new MemoryStream();
        content.WriteTo(body);
        if (JsonNode.Parse(body.ToArray()) is not JsonObject request || !request.Remove(Name)) return;
        message.Request.Content = BinaryContent.Create(BinaryData.FromString(request.ToJsonString()));
    }
}
