using System.ClientModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Widget.Api.Usage;

namespace Widget.Api.Answers;

/// <summary>
/// Adds each call's tokens to the current <see cref="ModelTally"/>: the provider's own figures or, when the server sends none or the answer
/// was cancelled, an estimate that is marked as such.
/// </summary>
public sealed class MeteredChatClient(IChatClient inner, string model) : StreamedChatClient(inner)
{
    /// <summary>
    /// A token of English or German is about four characters. In other scripts a token has fewer characters, so there the estimate is too
    /// low.
    /// </summary>
    private const int CharactersPerToken = 4;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var tally = ModelTally.Current;
        var request = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var (reported, written, hasStarted, isRefused) = (default(UsageDetails), 0L, false, false);
        await using var updates = InnerClient.GetStreamingResponseAsync(request, options, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await NextAsync())
            {
                var update = updates.Current;
                hasStarted = true;
                reported = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? reported;
                written += Characters(update);
                yield return update;
            }
        }
        finally
        {
            // A call that was refused or never reached the server costs nothing.
            if (!isRefused) tally?.Add(UseOf(reported, request, written));
        }

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await updates.MoveNextAsync();
            }
            catch (Exception e) when (IsRefusal(e))
            {
                isRefused = !hasStarted;
                throw;
            }
        }
    }

    private static long Characters(ChatResponseUpdate update) =>
        update.Text.Length + update.Contents.OfType<FunctionCallContent>().Sum(call => (call.RawRepresentation as string)?.Length ?? 0);

    // The model's server refused the call or could not be reached. The library wraps the exceptions of all attempts.
    private static bool IsRefusal(Exception exception) => exception is ClientResultException or HttpRequestException
        || (exception is AggregateException several && several.InnerExceptions.All(IsRefusal));

    private ModelUse UseOf(UsageDetails? reported, IReadOnlyCollection<ChatMessage> request, long written)
    {
        var (input, output) = (reported?.InputTokenCount ?? 0, reported?.OutputTokenCount ?? 0);
        if (input + output > 0) return new ModelUse(model, input, output, 0);
        if (reported?.TotalTokenCount is { } total and > 0) return new ModelUse(model, total, 0, 0);
        input = Tokens(request.Sum(message => (long)message.Text.Length));
        output = Tokens(written);
        return new ModelUse(model, input, output, input + output);
    }

    private static long Tokens(long characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;
}
