using System.ClientModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Widget.Api.Outbound;

namespace Widget.Api.Answers;

/// <summary>The model is not called for now, or has not begun to answer in time.</summary>
public sealed class ModelUnavailableException(string reason) : Exception(reason);

/// <summary>
/// A model that visitors wait for. It must start to answer within a deadline. While its server has asked for a pause, or after repeated
/// timeouts, it is not called at all, so that only the first visitor waits.
/// </summary>
/// <param name="inner">The model.</param>
/// <param name="condition">How it has performed recently on this node.</param>
/// <param name="patience">Longest wait for its first word or function call.</param>
/// <param name="clock">Tells the time.</param>
public sealed class PunctualChatClient(IChatClient inner, ModelCondition condition, TimeSpan patience, TimeProvider clock)
    : StreamedChatClient(inner)
{
    /// <exception cref="ModelUnavailableException">The model is not called for now, or has not begun in time.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (condition.Pause() is { } pause)
            throw new ModelUnavailableException($"it is not called for another {Math.Ceiling(pause.TotalSeconds):0} s");
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, either.Token).GetAsyncEnumerator(either.Token);
        for (var begun = false; await NextAsync(updates, deadline, cancellationToken);)
        {
            if (!begun && Says(updates.Current))
            {
                begun = true;
                deadline.CancelAfter(Timeout.InfiniteTimeSpan);
                condition.Answered();
            }

            yield return updates.Current;
        }
    }

    private static bool Says(ChatResponseUpdate update) =>
        update.Text.Length > 0 || update.FinishReason is not null || update.Contents.OfType<FunctionCallContent>().Any();

    private async ValueTask<bool> NextAsync(
        IAsyncEnumerator<ChatResponseUpdate> updates,
        CancellationTokenSource deadline,
        CancellationToken ct)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            condition.KeptSilent();
            throw new ModelUnavailableException($"it did not start to answer within {patience.TotalSeconds:0.#} s");
        }
        catch (ClientResultException e) when (BoundedRetries.RetryAfter(e.GetRawResponse(), clock.GetUtcNow()) is { } pause)
        {
            condition.AskedForPause(pause);
            throw;
        }
    }
}
