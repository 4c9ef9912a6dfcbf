using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Api.Visitors;
using Widget.Api.Voice.Calls;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat;

/// <summary>
/// A visitor's conversation over a WebSocket. Nothing lives in the connection: a client that comes back, to any node, watches from the
/// last seq it has seen and sends again what it is not sure of.
/// </summary>
[Authorize(Policy = Policies.Visitor)]
public sealed class ConversationHub(AskService asks, ConversationFeed feed, ConversationLog log, DataChannelRelay relay, VisitorTokens tokens) : Hub
{
    /// <summary>The conversation's events after a place in its log, then events and answers as they come about.</summary>
    public async IAsyncEnumerable<ConversationUpdate> Watch(
        Guid conversationId,
        int after,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var visitor = Visitor();
        var conversation = new ConversationId(conversationId);
        if (await log.ReadAsync(visitor.Tenant, conversation, visitor.Visitor, int.MaxValue, cancellationToken) is null)
            throw new HubException("There is no such conversation.");
        await foreach (var update in feed.WatchAsync(visitor.Tenant, conversation, after, cancellationToken)) yield return update;
    }

    /// <summary>Sends a message and streams its answer to the caller; everyone who watches sees both, too.</summary>
    public async IAsyncEnumerable<AnswerUpdate> Ask(
        Guid conversationId,
        MessageRequest message,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Validation.Errors(message) is { Count: > 0 } errors) throw new HubException(errors.Values.First()[0]);
        var visitor = Visitor();
        var asked = await AskAsync(visitor, new ConversationId(conversationId), message, cancellationToken);
        await foreach (var update in asked.Answer ?? throw new HubException(asked.HubWords)) yield return update;
    }

    /// <summary>Stops an answer where it is.</summary>
    public Task Stop(Guid conversationId, Guid messageId)
    {
        var visitor = Visitor();
        return asks.StopAsync(visitor.Tenant, visitor.Visitor, new ConversationId(conversationId), new MessageId(messageId), Context.ConnectionAborted);
    }

    /// <summary>
    /// Passes on what a voice call's provider says to the page; what comes back, the page is to say to the provider. For calls that are relayed
    /// (<see cref="VoiceSession.Relay"/>).
    /// </summary>
    public async IAsyncEnumerable<string> RelayVoice(
        Guid sessionId,
        IAsyncEnumerable<string> messages,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var visitor = Visitor();
        var answers = await relay.FollowAsync(visitor.Tenant, visitor.Visitor, new VoiceCallId(sessionId), messages, cancellationToken);
        await foreach (var answer in answers ?? throw new HubException("There is no such voice call, or it is over.")) yield return answer;
    }

    private async Task<Asked> AskAsync(VisitorTicket visitor, ConversationId conversation, MessageRequest message, CancellationToken ct)
    {
        try
        {
            return await asks.AskAsync(visitor.Tenant, visitor.Visitor, conversation, message, ct);
        }
        catch (ClientIdTakenException e)
        {
            throw new HubException(e.Message, e);
        }
    }

    private VisitorTicket Visitor() =>
        tokens.Read(Context.GetHttpContext()!) ?? throw new HubException("The session has ended.");
}
