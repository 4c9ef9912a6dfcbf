using System.ClientModel;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Widget.Api.Usage;

namespace Widget.Api.Answers;

/// <summary>
/// Counts each call's tokens into the <see cref="ModelTally"/> it is made for: by the provider's own figures, and where these do not
/// come, because the server does not tell or the answer was left, by an estimate that is marked as one.
/// </summary>
public sealed class MeteredChatClient(IChatClient inner, string model) : DelegatingChatClient(inner)
{
    /// <summary>
    /// A token of English or German is about four characters. In other scripts a token has fewer characters, so there the estimate is too
    /// low.
    /// </summary>
    private const int CharactersPerToken = 4;

    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var tally = ModelTally.Current;
        var asked = messages as IReadOnlyCollection<ChatMessage> ?? [.. messages];
        var (told, written, begun, refused) = (default(UsageDetails), 0L, false, false);
        await using var updates = base.GetStreamingResponseAsync(asked, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await NextAsync())
            {
                var update = updates.Current;
                begun = true;
                told = update.Contents.OfType<UsageContent>().LastOrDefault()?.Details ?? told;
                written += update.Text.Length + update.Contents.OfType<FunctionCallContent>().Sum(call => (call.RawRepresentation as string)?.Length ?? 0);
                yield return update;
            }
        }
        finally
        {
            // A call that was refused or never reached the server costs nothing.
            if (!refused) tally?.Add(Use(told, asked, written));
        }

        async ValueTask<bool> NextAsync()
        {
            try
            {
                return await updates.MoveNextAsync();
            }
            catch (Exception e) when (IsRefusal(e))
            {
                refused = !begun;
                throw;
            }
        }
    }

    // The model's server refused or could not be reached. The library wraps what its tries failed of.
    private static bool IsRefusal(Exception exception) => exception is ClientResultException or HttpRequestException
        || (exception is AggregateException several && several.InnerExceptions.All(IsRefusal));

    private ModelUse Use(UsageDetails? told, IReadOnlyCollection<ChatMessage> asked, long written)
    {
        var (input, output) = (told?.InputTokenCount ?? 0, told?.OutputTokenCount ?? 0);
        if (input + output > 0) return new ModelUse(model, input, output, 0);
        if (told?.TotalTokenCount is { } total and > 0) return new ModelUse(model, total, 0, 0);
        input = Tokens(asked.Sum(message => (long)message.Text.Length));
        output = Tokens(written);
        return new ModelUse(model, input, output, input + output);
    }

    private static long Tokens(long characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;
}
