using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Attachments;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.Limits;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Answers;

/// <summary>Takes a visitor's message and follows its answer.</summary>
public sealed partial class AskService(
    TenantDatabase database,
    ConversationFeed feed,
    AnswerWorker worker,
    AnswerLeases leases,
    RequestLimits limits,
    AttachmentStore attachments,
    ContactFinder contacts,
    WakeUpSignal<HandoffQueue> queue,
    ILogger<AskService> logger)
{
    /// <summary>
    /// Maximum number of unanswered questions in a conversation. A person reads answers before asking more; a program that asks more would
    /// delay other visitors.
    /// </summary>
    private const int MaxUnanswered = 8;

    /// <summary>Retry-After in seconds when the node is busy. By then it usually has capacity again.</summary>
    internal const int BusyRetrySeconds = 5;

    /// <summary>Seconds to wait after a refusal because of unanswered questions: about the time of one answer.</summary>
    internal const int UnansweredRetrySeconds = 5;

    /// <summary>
    /// Appends the message and the pending answer in one commit. While a person speaks, or if the message is only files, there is no
    /// answer. Sending the same client id again appends nothing and gives the same answer.
    /// </summary>
    /// <returns>The answer as it is written, whichever node writes it, or why there is none.</returns>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<AskResult> AskAsync(
        TenantId tenant,
        VisitorId visitor,
        ConversationId conversation,
        MessageRequest request,
        CancellationToken ct)
    {
        // The shared counters use a separate connection, so they are read before the transaction begins.
        var limited = await limits.TakeAsync(Limit.Messages, $"{tenant}:{visitor}", ct)
            ?? await limits.TakeAsync(Limit.TenantMessages, tenant.ToString(), ct);
        // A page that reconnects sends its messages again to get their answers. That is allowed beyond the limit.
        if (limited is not null && !await IsAlreadySentAsync(tenant, conversation, request.ClientId, ct)) return new AskResult(limited);
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor, ct)) return new AskResult(AskRefusal.NoSuchConversation);
        if (await ConversationLog.FindAsync<VisitorMessage>(db, conversation, request.ClientId, ct) is { } sent)
        {
            return await AnswerIdAsync(db, conversation, sent.Seq, ct) is { } known
                ? Follow(tenant, conversation, sent, known, ct)
                : new AskResult(sent);
        }

        var gate = await Handoff.ReadGateAsync(db, conversation, visitor, ct);
        if (gate.IsBanned) return new AskResult(AskRefusal.Banned);
        // A person can ask for what is missing.
        if (!gate.IsPersonSpeaking && await RequiredFields.MissingAsync(db, visitor, conversation, ct) is { Count: > 0 } missing)
            return new AskResult(missing);
        if (await attachments.SendAsync(db, conversation, rep: null, request.Attachments, ct) is not { } files)
            return new AskResult(AskRefusal.NoSuchAttachment);
        var text = (request.Text ?? "").Trim();
        var written = new VisitorMessage
        {
            ClientId = request.ClientId,
            Text = text,
            Page = ContinueLinks.WithoutToken(request.Page),
            Locale = request.Locale,
            Attachments = files,
            Recognized = gate.IsPersonSpeaking ? await contacts.FindAsync(db, conversation, text, request.Locale, ct) : null,
        };
        if (gate.IsPersonSpeaking || text.Length == 0)
        {
            var delivered = await ConversationLog.AppendAsync(db, conversation, written, ct);
            if (gate.IsPersonSpeaking) await Handoff.VisitorWroteAsync(db, conversation, ct);
            await db.CommitAsync(ct);
            if (gate.IsPersonSpeaking) queue.Raise();
            return new AskResult(delivered);
        }

        if (worker.IsFull) return new AskResult(AskRefusal.Busy);
        if (await CountUnansweredAsync(db, conversation, ct) >= MaxUnanswered) return new AskResult(AskRefusal.TooManyUnanswered);
        var question = await ConversationLog.AppendAsync(db, conversation, written, ct);
        var message = await AddPendingAsync(db, conversation, question.Seq, ct);
        await db.CommitAsync(ct);
        worker.Start(tenant, message);
        return Follow(tenant, conversation, question, message, ct);
    }

    /// <summary>
    /// Stops the answer, whichever node writes it: at once on this node, and at the next renewal of the lease on another one.
    /// </summary>
    /// <returns>False when there is no such answer in progress or the conversation is not the visitor's.</returns>
    public async Task<bool> StopAsync(
        TenantId tenant,
        VisitorId visitor,
        ConversationId conversation,
        MessageId message,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            """
            update pending_answers answer set stop_requested = true
            from conversations conversation
            where answer.message_id = $1 and answer.conversation_id = $2
              and conversation.tenant_id = answer.tenant_id and conversation.id = answer.conversation_id and conversation.visitor_id = $3
            """,
            [message.Value, conversation.Value, visitor.Value]);
        var isPending = await command.ExecuteNonQueryAsync(ct) == 1;
        await db.CommitAsync(ct);
        if (isPending) await worker.StopAsync(message);
        return isPending;
    }

    /// <summary>Returns a visitor's message. Null if there is none with this seq.</summary>
    public async Task<VisitorMessage?> FindMessageAsync(TenantId tenant, ConversationId conversation, int seq, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await ConversationLog.ReadAsync(db, conversation, seq - 1, ct) is [VisitorMessage message, ..] ? message : null;
    }

    private async Task<MessageId> AddPendingAsync(TenantDb db, ConversationId conversation, int question, CancellationToken ct)
    {
        var message = MessageId.New();
        await using var command = db.Command(
            """
            insert into pending_answers
              (tenant_id, message_id, conversation_id, question_seq, attempt, lease_owner, lease_until, trace_parent)
            values ($1, $2, $3, $4, 1, $5, now() + $6, $7)
            """,
            [
                db.TenantId.Value,
                message.Value,
                conversation.Value,
                question,
                leases.Node,
                AnswerLeases.Duration,
                new NpgsqlParameter { Value = (object?)Activity.Current?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            ]);
        await command.ExecuteNonQueryAsync(ct);
        return message;
    }

    private async Task<bool> IsAlreadySentAsync(TenantId tenant, ConversationId conversation, string clientId, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            "select 1 from conversation_events where tenant_id = $1 and conversation_id = $2 and client_id = $3",
            [tenant.Value, conversation.Value, clientId]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    private static async Task<long> CountUnansweredAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            "select count(*) from pending_answers where tenant_id = $1 and conversation_id = $2",
            [db.TenantId.Value, conversation.Value]);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    // The answer to a visitor's message is pending or in the log. Null if a person has answered instead.
    private static async Task<MessageId?> AnswerIdAsync(TenantDb db, ConversationId conversation, int question, CancellationToken ct)
    {
        var pending = await db.PendingAnswers
            .Where(row => row.ConversationId == conversation && row.QuestionSeq == question)
            .Select(row => (MessageId?)row.MessageId)
            .SingleOrDefaultAsync(ct);
        if (pending is { } message) return message;
        return await ConversationLog.AnswerToAsync(db, conversation, question, ct);
    }

    private AskResult Follow(
        TenantId tenant,
        ConversationId conversation,
        VisitorMessage question,
        MessageId message,
        CancellationToken ct) =>
        new(WithErrorOnFailure(UpdatesAsync(tenant, conversation, question, message, ct), message, ct));

    private async IAsyncEnumerable<AnswerUpdate> UpdatesAsync(
        TenantId tenant,
        ConversationId conversation,
        VisitorMessage question,
        MessageId message,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var (attempt, hasSources, sent) = (1, false, "");
        await foreach (var update in feed.WatchAsync(tenant, conversation, question.Seq, ct))
        {
            if (update.Answer is { } answer && answer.MessageId == message.Value)
            {
                if (answer.Attempt != attempt) (attempt, hasSources, sent) = (answer.Attempt, false, "");
                hasSources |= answer is AnswerSources;
                if (answer is AnswerDelta delta) sent += delta.Text;
                yield return answer;
            }
            else if (update.Event is AssistantMessage final && final.MessageId == message.Value)
            {
                foreach (var last in RemainingUpdates(final, attempt, hasSources, sent)) yield return last;
                yield break;
            }
            else if (update.Event is PersonJoined)
            {
                // Answers that were in progress are in the log before this event, or were dropped.
                yield return AskResult.DeliveredUpdate(question);
                yield break;
            }
        }
    }

    // A stream always has the sources and the text before it ends, even when the answer was in the log already.
    private static IEnumerable<AnswerUpdate> RemainingUpdates(AssistantMessage answer, int attempt, bool hasSources, string sent)
    {
        var message = answer.MessageId;
        if (!hasSources) yield return new AnswerSources { MessageId = message, Attempt = attempt, Sources = answer.Citations };
        if (!answer.Text.StartsWith(sent, StringComparison.Ordinal)) (attempt, sent) = (attempt + 1, "");
        if (answer.Text.Length > sent.Length)
        {
            var text = answer.Text[sent.Length..];
            yield return new AnswerDelta { MessageId = message, Attempt = attempt, Offset = sent.Length, Text = text };
        }

        yield return new AnswerCompleted { MessageId = message, Attempt = attempt, Message = answer };
    }

    // The answer is written even if the stream breaks. The last update of a broken stream says how to get the answer.
    private async IAsyncEnumerable<AnswerUpdate> WithErrorOnFailure(
        IAsyncEnumerable<AnswerUpdate> answer,
        MessageId message,
        [EnumeratorCancellation] CancellationToken ct)
    {
        await using var updates = answer.GetAsyncEnumerator(ct);
        var completed = false;
        while (await NextAsync(updates, message))
        {
            completed |= updates.Current is AnswerCompleted or MessageDelivered;
            yield return updates.Current;
        }

        if (completed) yield break;
        yield return new AnswerError
        {
            MessageId = message.Value,
            Attempt = 0,
            Title = "The connection to the answer was lost. Send the message again with the same client id.",
        };
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<AnswerUpdate> updates, MessageId message)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception e) when (e is NpgsqlException || DatabaseFaults.IsTransient(e))
        {
            LogBroken(e, message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of answer {Message} was interrupted by an error")]
    private partial void LogBroken(Exception exception, MessageId message);
}

/// <summary>Why a message is refused.</summary>
public enum AskRefusal
{
    NoSuchConversation,

    /// <summary>The conversation has too many unanswered questions.</summary>
    TooManyUnanswered,

    /// <summary>A rate limit is exceeded.</summary>
    TooMany,

    /// <summary>The node has as many unfinished answers as it can handle.</summary>
    Busy,

    /// <summary>The visitor may not write any more.</summary>
    Banned,

    /// <summary>A file was not uploaded to the conversation, or was sent before.</summary>
    NoSuchAttachment,

    /// <summary>The visitor has not filled in the form before the chat.</summary>
    FieldsMissing,
}

/// <summary>The result of sending a message: its answer as it is written, that a person answers, or why it was refused.</summary>
public readonly record struct AskResult
{
    private readonly Refusal? _limited;

    public AskResult(IAsyncEnumerable<AnswerUpdate> answer) => Answer = answer;

    public AskResult(VisitorMessage delivered) => (Delivered, Answer) = (delivered, OnlyDelivered(delivered));

    public AskResult(AskRefusal refusal) => Refusal = refusal;

    public AskResult(IReadOnlyList<string> missing) => (Refusal, MissingFields) = (AskRefusal.FieldsMissing, missing);

    public AskResult(Refusal limited) => (Refusal, _limited) = (AskRefusal.TooMany, limited);

    public IAsyncEnumerable<AnswerUpdate>? Answer { get; }

    /// <summary>The message, if the assistant does not answer it. <see cref="Answer"/> then only says so.</summary>
    public VisitorMessage? Delivered { get; }

    public AskRefusal Refusal { get; }

    /// <summary>The required fields that the visitor has not filled in; null unless they are the reason.</summary>
    public IReadOnlyList<string>? MissingFields { get; }

    /// <summary>Seconds after which the message may be sent again; null when that would not help.</summary>
    public int? RetryAfter => Refusal switch
    {
        AskRefusal.TooMany => _limited!.Seconds,
        AskRefusal.TooManyUnanswered => AskService.UnansweredRetrySeconds,
        AskRefusal.Busy => AskService.BusyRetrySeconds,
        _ => null,
    };

    /// <summary>The refusal, for the visitor.</summary>
    public string RefusalMessage => Refusal switch
    {
        AskRefusal.TooMany => _limited!.Message,
        AskRefusal.TooManyUnanswered => "Several of your questions are still being answered. Please wait for those first.",
        AskRefusal.Busy => "Many people are asking right now. Please try again in a moment.",
        AskRefusal.Banned => VisitorBannedException.Text,
        AskRefusal.NoSuchAttachment => "An attachment was not found. Upload the file to this conversation and send it once.",
        AskRefusal.FieldsMissing => RequiredFields.Message(MissingFields!),
        _ => "There is no such conversation.",
    };

    /// <summary>The refusal as the message of a hub exception. What a program needs is in brackets at its end.</summary>
    public string HubMessage =>
        RetryAfter is { } seconds ? Limits.Refusal.ToHubMessage(RefusalMessage, seconds)
        : MissingFields is not null ? $"{RefusalMessage} [{RequiredFields.Code}]"
        : RefusalMessage;

    internal static MessageDelivered DeliveredUpdate(VisitorMessage message) =>
        new() { MessageId = Guid.Empty, Attempt = 0, Seq = message.Seq };

    private static async IAsyncEnumerable<AnswerUpdate> OnlyDelivered(VisitorMessage message)
    {
        yield return DeliveredUpdate(message);
        await Task.CompletedTask;
    }
}
