using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Api.Limits;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>Takes a visitor's message and follows its answer.</summary>
public sealed partial class AskService(
    TenantDatabase database,
    ConversationFeed feed,
    AnswerWorker worker,
    AnswerLeases leases,
    RequestLimits limits,
    ILogger<AskService> logger)
{
    /// <summary>More than a person asks before reading; a program that does would take the others' turn.</summary>
    private const int MostOwed = 8;

    /// <summary>A node that is full has room again within seconds.</summary>
    internal const int SecondsWhenBusy = 5;

    /// <summary>When to send again what was refused for too many unanswered questions: an answer takes about that long.</summary>
    internal const int SecondsPerAnswer = 5;

    /// <summary>
    /// Appends the message and, with it, the promise of an answer, in one commit. The same client id again appends nothing and
    /// gives the same answer.
    /// </summary>
    /// <returns>The answer as it comes about, from wherever it is, or why there is none.</returns>
    /// <exception cref="ClientIdTakenException">The client id was used for something else.</exception>
    public async Task<Asked> AskAsync(
        TenantId tenant,
        VisitorId visitor,
        ConversationId conversation,
        MessageRequest request,
        CancellationToken ct)
    {
        // Before there is a transaction: the shared counters need a connection of their own.
        var tooMany = await limits.TakeAsync(Limit.Messages, $"{tenant}:{visitor}", ct) ?? await limits.TakeAsync(Limit.TenantMessages, tenant.ToString(), ct);
        // A page that comes back asks for answers again that it is owed or that are there.
        if (tooMany is not null && !await IsSentAsync(tenant, conversation, request.ClientId, ct)) return new Asked(tooMany);
        await using var db = await database.BeginAsync(tenant, ct);
        if (!await ConversationLog.LockAsync(db, conversation, visitor, ct)) return new Asked(AskRefusal.NoSuchConversation);
        if (await ConversationLog.FindAsync<VisitorMessage>(db, conversation, request.ClientId, ct) is { } sent)
        {
            var answer = await AnswerOfAsync(db, conversation, sent.Seq, ct);
            return new Asked(SayingErrors(Follow(tenant, conversation, sent.Seq, answer, ct), answer, ct));
        }

        if (worker.IsFull) return new Asked(AskRefusal.Busy);
        if (await OwedAsync(db, conversation, ct) >= MostOwed) return new Asked(AskRefusal.TooManyUnanswered);
        var question = await ConversationLog.AppendAsync(
            db,
            conversation,
            new VisitorMessage { ClientId = request.ClientId, Text = request.Text.Trim(), Page = request.Page, Locale = request.Locale },
            ct);
        var message = MessageId.New();
        await using (var pending = db.Command(
            """
            insert into pending_answers (tenant_id, message_id, conversation_id, question_seq, attempt, lease_owner, lease_until, trace_parent)
            values ($1, $2, $3, $4, 1, $5, now() + $6, $7)
            """,
            [
                tenant.Value, message.Value, conversation.Value, question.Seq, leases.Node, AnswerLeases.Length,
                new NpgsqlParameter { Value = (object?)Activity.Current?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            ]))
        {
            await pending.ExecuteNonQueryAsync(ct);
        }

        await db.CommitAsync(ct);
        worker.Start(tenant, message);
        return new Asked(SayingErrors(Follow(tenant, conversation, question.Seq, message, ct), message, ct));
    }

    /// <summary>
    /// Stops the answer, whichever node writes it: at once on this one, within a lease's renewal elsewhere. False when there is no such
    /// answer in progress or the conversation is not the visitor's.
    /// </summary>
    public async Task<bool> StopAsync(TenantId tenant, VisitorId visitor, ConversationId conversation, MessageId message, CancellationToken ct)
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
        var owed = await command.ExecuteNonQueryAsync(ct) == 1;
        await db.CommitAsync(ct);
        if (owed) await worker.StopAsync(message);
        return owed;
    }

    private async Task<bool> IsSentAsync(TenantId tenant, ConversationId conversation, string clientId, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            "select 1 from conversation_events where tenant_id = $1 and conversation_id = $2 and client_id = $3",
            [tenant.Value, conversation.Value, clientId]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    private static async Task<long> OwedAsync(TenantDb db, ConversationId conversation, CancellationToken ct)
    {
        await using var command = db.Command(
            "select count(*) from pending_answers where tenant_id = $1 and conversation_id = $2",
            [db.TenantId.Value, conversation.Value]);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    // A message of a visitor is either owed its answer or has it.
    private static async Task<MessageId> AnswerOfAsync(TenantDb db, ConversationId conversation, int question, CancellationToken ct)
    {
        var owed = await db.PendingAnswers
            .Where(row => row.ConversationId == conversation && row.QuestionSeq == question)
            .Select(row => (MessageId?)row.MessageId)
            .SingleOrDefaultAsync(ct);
        if (owed is { } message) return message;
        return await ConversationLog.AnswerToAsync(db, conversation, question, ct)
            ?? throw new InvalidOperationException($"Message {question} of conversation {conversation} has no answer and is owed none.");
    }

    private async IAsyncEnumerable<AnswerUpdate> Follow(
        TenantId tenant,
        ConversationId conversation,
        int question,
        MessageId message,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var (attempt, cited, sent) = (1, false, "");
        await foreach (var update in feed.WatchAsync(tenant, conversation, question, ct))
        {
            if (update.Answer is { } answer && answer.MessageId == message.Value)
            {
                if (answer.Attempt != attempt) (attempt, cited, sent) = (answer.Attempt, false, "");
                cited |= answer is AnswerSources;
                if (answer is AnswerDelta delta) sent += delta.Text;
                yield return answer;
            }
            else if (update.Event is AssistantMessage given && given.MessageId == message.Value)
            {
                // A stream always says its sources and its text before it ends, even when the answer was there already.
                if (!cited) yield return new AnswerSources { MessageId = message.Value, Attempt = attempt, Sources = given.Citations };
                if (!given.Text.StartsWith(sent, StringComparison.Ordinal)) (attempt, sent) = (attempt + 1, "");
                if (given.Text.Length > sent.Length)
                    yield return new AnswerDelta { MessageId = message.Value, Attempt = attempt, Offset = sent.Length, Text = given.Text[sent.Length..] };
                yield return new AnswerCompleted { MessageId = message.Value, Attempt = attempt, Message = given };
                yield break;
            }
        }
    }

    // The answer is safe whatever happens to the stream, so the last thing a stream says that ends without it is how to get it.
    private async IAsyncEnumerable<AnswerUpdate> SayingErrors(
        IAsyncEnumerable<AnswerUpdate> answer,
        MessageId message,
        [EnumeratorCancellation] CancellationToken ct)
    {
        await using var updates = answer.GetAsyncEnumerator(ct);
        var completed = false;
        while (await NextAsync(updates, message))
        {
            completed |= updates.Current is AnswerCompleted;
            yield return updates.Current;
        }

        if (completed) yield break;
        yield return new AnswerError
        {
            MessageId = message.Value,
            Attempt = 0,
            Title = "The answer could not be passed on. Send the message again with the same client id.",
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stream of answer {Message} broke")]
    private partial void LogBroken(Exception exception, MessageId message);
}

/// <summary>Why a message is not taken.</summary>
public enum AskRefusal
{
    NoSuchConversation,
    TooManyUnanswered,
    TooMany,

    /// <summary>The node has as many unfinished answers as it can handle.</summary>
    Busy,
}

/// <summary>What became of a message: its answer as it comes about, or why it was refused.</summary>
public readonly record struct Asked
{
    private readonly Refusal? _limited;

    public Asked(IAsyncEnumerable<AnswerUpdate> answer) => Answer = answer;

    public Asked(AskRefusal refusal) => Refusal = refusal;

    public Asked(Refusal limited) => (Refusal, _limited) = (AskRefusal.TooMany, limited);

    public IAsyncEnumerable<AnswerUpdate>? Answer { get; }

    public AskRefusal Refusal { get; }

    /// <summary>Seconds after which it may be sent again; null when that would not help.</summary>
    public int? RetryAfter => Refusal switch
    {
        AskRefusal.TooMany => _limited!.Seconds,
        AskRefusal.TooManyUnanswered => AskService.SecondsPerAnswer,
        AskRefusal.Busy => AskService.SecondsWhenBusy,
        _ => null,
    };

    /// <summary>The refusal in words.</summary>
    public string Words => Refusal switch
    {
        AskRefusal.TooMany => _limited!.Words,
        AskRefusal.TooManyUnanswered => "Several of your questions are still being answered. Please wait for those first.",
        AskRefusal.Busy => "Many people are asking right now. Please try again in a moment.",
        _ => "There is no such conversation.",
    };

    /// <summary>The same for the hub.</summary>
    public string HubWords => RetryAfter is { } seconds ? Limits.Refusal.HubText(Words, seconds) : Words;
}
