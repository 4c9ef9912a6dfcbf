using System.ClientModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Widget.Api.Outbound;

namespace Widget.Api.Answers;

/// <summary>Calls to the model are paused, or it did not start to answer in time.</summary>
public sealed class ModelUnavailableException(string reason) : Exception(reason);

/// <summary>
/// Fails fast when the model is slow or unavailable, because a visitor is waiting. The model must start to answer within a time limit. It
/// is not called at all while its server has asked for a pause, or after repeated timeouts, so that only the first visitors wait.
/// </summary>
/// <param name="inner">The model.</param>
/// <param name="status">Records the results of calls, and says whether calls are paused.</param>
/// <param name="firstTokenTimeout">Time limit for the first text or function call.</param>
/// <param name="clock">Clock for the time limit.</param>
public sealed class FailFastChatClient(IChatClient inner, ModelStatus status, TimeSpan firstTokenTimeout, TimeProvider clock)
    : StreamedChatClient(inner)
{
    /// <exception cref="ModelUnavailableException">Calls are paused, or the model did not start to answer in time.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (status.CheckPause() is { } pause)
            throw new ModelUnavailableException($"it is not called for another {Math.Ceiling(pause.TotalSeconds):0} s");
        using var timeout = new CancellationTokenSource(firstTokenTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        await using var updates = InnerClient.GetStreamingResponseAsync(messages, options, either.Token).GetAsyncEnumerator(either.Token);
        var hasStarted = false;
        while (await NextAsync(updates, timeout, cancellationToken))
        {
            if (!hasStarted && HasContent(updates.Current))
            {
                hasStarted = true;
                timeout.CancelAfter(Timeout.InfiniteTimeSpan);
                status.RecordFirstToken();
            }

            yield return updates.Current;
        }
    }

    private static bool HasContent(ChatResponseUpdate update) =>
        update.Text.Length > 0 || update.FinishReason is not null || update.Contents.OfType<FunctionCallContent>().Any();

    private async ValueTask<bool> NextAsync(
        IAsyncEnumerator<ChatResponseUpdate> updates,
        CancellationTokenSource timeout,
        CancellationToken ct)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            status.RecordTimeout();
            throw new ModelUnavailableException($"it did not start to answer within {firstTokenTimeout.TotalSeconds:0.#} s");
        }
        catch (ClientResultException e) when (BoundedRetries.RetryAfter(e.GetRawResponse(), clock.GetUtcNow()) is { } pause)
        {
            status.RecordRetryAfter(pause);
            throw;
        }
    }
}
