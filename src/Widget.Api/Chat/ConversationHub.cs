using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Widget.Api.Answers;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Visitors;
using Widget.Api.Voice.Calls;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Chat;

/// <summary>
/// A visitor's conversation over a WebSocket. The server keeps no state for a connection. A client that reconnects, to any node, watches
/// from the last seq that it has seen and sends unconfirmed messages again.
/// </summary>
[Authorize(Policy = Policies.Visitor)]
public sealed class ConversationHub(
    AskService asks,
    ConversationLog log,
    HandoffVisitors handoffs,
    DataChannelRelay relay,
    VisitorTokens tokens) : Hub
{
    /// <summary>Streams the conversation's events after a seq, then new events, and answers while they are written.</summary>
    public async IAsyncEnumerable<ConversationUpdate> Watch(
        Guid conversationId,
        int after,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var visitor = Visitor();
        var conversation = new ConversationId(conversationId);
        if (await log.ReadAsync(visitor.Tenant, conversation, visitor.Visitor, int.MaxValue, cancellationToken) is null)
            throw new HubException("There is no such conversation.");
        await foreach (var update in handoffs.WatchAsync(visitor.Tenant, conversation, after, cancellationToken)) yield return update;
    }

    /// <summary>Sends a message and streams its answer to the caller. All watchers also see both.</summary>
    public async IAsyncEnumerable<AnswerUpdate> Ask(
        Guid conversationId,
        MessageRequest message,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Validation.FindErrors(message) is { Count: > 0 } errors) throw new HubException(errors.Values.First()[0]);
        var visitor = Visitor();
        var asked = await AskAsync(visitor, new ConversationId(conversationId), message, cancellationToken);
        await foreach (var update in asked.Answer ?? throw new HubException(asked.HubMessage)) yield return update;
    }

    /// <summary>Stops an answer. The text so far remains.</summary>
    public Task Stop(Guid conversationId, Guid messageId)
    {
        var visitor = Visitor();
        var (conversation, message) = (new ConversationId(conversationId), new MessageId(messageId));
        return asks.StopAsync(visitor.Tenant, visitor.Visitor, conversation, message, Context.ConnectionAborted);
    }

    /// <summary>Tells the staff that the visitor is typing. Call it at most every few seconds while the visitor types.</summary>
    public Task Typing(Guid conversationId)
    {
        var visitor = Visitor();
        return handoffs.TypingAsync(visitor.Tenant, visitor.Visitor, new ConversationId(conversationId), Context.ConnectionAborted);
    }

    /// <summary>Records that the visitor has read the conversation up to a seq.</summary>
    public Task Read(Guid conversationId, int seq)
    {
        var visitor = Visitor();
        return handoffs.ReadAsync(visitor.Tenant, visitor.Visitor, new ConversationId(conversationId), seq, Context.ConnectionAborted);
    }

    /// <summary>
    /// Accepts the messages that a voice call's provider sends to the page, and returns those that the page must send to the provider. For
    /// relayed calls (<see cref="VoiceSession.Relay"/>).
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

    private async Task<AskResult> AskAsync(VisitorTicket visitor, ConversationId conversation, MessageRequest message, CancellationToken ct)
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
