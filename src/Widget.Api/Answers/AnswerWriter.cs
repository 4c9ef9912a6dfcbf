using System.Diagnostics;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>
/// Writes one owed answer: reads the question, asks the model and appends the answer to the conversation. The lease is checked in the
/// transaction that appends the answer, so there is never a second one.
/// </summary>
public sealed partial class AnswerWriter(
    AnswerLeases leases,
    TenantDatabase conversations,
    TenantSettingsService settings,
    IMultiTenantStore tenants,
    LiveAnswers liveAnswers,
    Answerer answerer,
    ChatModels models,
    MonthlyBudget budget,
    UsageMeter usage,
    TimeProvider clock,
    ILogger<AnswerWriter> logger)
{
    private const int MostAttempts = 4;
    private const int HistoryLength = 30;

    /// <exception cref="OperationCanceledException">The answer is left to another node.</exception>
    internal async Task WriteAsync(TenantId tenant, MessageId message, AnswerInProgress writing)
    {
        using var tally = ModelTally.Begin();
        LiveAnswer? live = null;
        var (activity, start) = (AnswerTelemetry.Start(tenant, message), clock.GetTimestamp());
        (AnswerOutcome? outcome, Exception? fault) = (null, null);
        try
        {
            if (await LoadAsync(tenant, message, activity, writing.Held) is not { } owed) return;
            live = liveAnswers.Start(message, owed.Conversation);
            if (owed.StopRequested) await writing.StopAsync();
            // Count the attempts before anything that might crash the node.
            var context = owed.Attempt > MostAttempts ? null : await ContextAsync(tenant, owed, writing.Held);
            var answer = context is null
                ? GivenUp(owed.Question, message)
                : await answerer.AnswerAsync(context, live, Step(owed.Attempt), writing.Stopped, writing.Held);
            writing.IsAppending = true;
            await AppendAsync(tenant, owed.Conversation, message, answer, tally.Use, writing.Held);
            outcome = answer.Outcome;
        }
        catch (Exception e) when (e is not OperationCanceledException || !writing.Held.IsCancellationRequested)
        {
            fault = e;
            throw;
        }
        finally
        {
            var first = live?.FirstTextAt is { } at ? clock.GetElapsedTime(start, at) : (TimeSpan?)null;
            AnswerTelemetry.End(activity, outcome, fault, clock.GetElapsedTime(start), first);
            if (outcome is null) await CountLostAsync(tenant, tally.Use);
            if (live is not null) liveAnswers.End(live);
        }
    }

    // An attempt may take two steps (the model, then quoting), and a later attempt must count higher than both.
    private static int Step(int attempt) => (attempt * 2) - 1;

    private async Task<OwedAnswer?> LoadAsync(TenantId tenant, MessageId message, Activity? activity, CancellationToken ct)
    {
        await using var batch = conversations.Batch(tenant)
            .Add(
                """
                select pending.attempt, pending.stop_requested, pending.conversation_id, pending.trace_parent, conversation.context
                from pending_answers pending
                join conversations conversation on conversation.tenant_id = $1 and conversation.id = pending.conversation_id
                where pending.tenant_id = $1 and pending.message_id = $2
                """,
                [tenant.Value, message.Value])
            .Add(
                $"""
                with pending as (select conversation_id, question_seq from pending_answers where tenant_id = $1 and message_id = $2)
                select {ConversationLog.Columns} from conversation_events
                where tenant_id = $1
                  and conversation_id = (select conversation_id from pending)
                  and seq <= (select question_seq from pending)
                  and seq > (select question_seq from pending) - $3
                order by seq
                """,
                [tenant.Value, message.Value, HistoryLength]);
        await using var rows = await batch.ReadAsync(ct);
        if (!await rows.ReadAsync(ct)) return null;
        var (attempt, stopRequested, conversation) = (rows.GetInt32(0), rows.GetBoolean(1), new ConversationId(rows.GetGuid(2)));
        AnswerTelemetry.Loaded(activity, attempt, rows.IsDBNull(3) ? null : rows.GetString(3));
        var context = Conversation.ParseContext(rows.GetString(4));
        await rows.NextResultAsync(ct);
        var events = await ConversationLog.ReadAllAsync(rows, ct);
        var question = (VisitorMessage)events[^1];
        var history = SpokenHistory.AsMessages(events).TakeWhile(entry => entry.Seq < question.Seq);
        return new OwedAnswer(attempt, stopRequested, conversation, context, question, [.. history]);
    }

    private async Task<AnswerContext> ContextAsync(TenantId tenant, OwedAnswer owed, CancellationToken ct)
    {
        var current = await settings.ReadAsync(tenant, ct);
        return new(
            await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct)
                ?? throw new InvalidOperationException($"Tenant {tenant} is gone."),
            current,
            owed.Question,
            owed.History,
            owed.Context)
        {
            Budget = await budget.CheckAsync(tenant, current, ct),
            Model = await models.FindAsync(tenant, ct),
        };
    }

    private async Task AppendAsync(
        TenantId tenant,
        ConversationId conversation,
        MessageId message,
        AssistantMessage answer,
        ModelUse use,
        CancellationToken ct)
    {
        await using var db = await conversations.BeginAsync(tenant, ct);
        await ConversationLog.LockAsync(db, conversation, visitor: null, ct);
        await using (var take = db.Command(
            "delete from pending_answers where tenant_id = $1 and message_id = $2 and lease_owner = $3",
            [tenant.Value, message.Value, leases.Node]))
        {
            if (await take.ExecuteNonQueryAsync(ct) == 0)
            {
                LogLost(message);
                return;
            }
        }

        await ConversationLog.AppendAsync(db, conversation, answer, ct);
        await UsageMeter.CountAsync(db, UsageMeter.Answer, message.Value, conversation, seconds: 0, use, ct);
        await db.CommitAsync(ct);
        budget.Count(tenant, UsageMeter.Answer, use);
    }

    // The model's work on a failed attempt costs money too. It is not an answer, so it counts as a completion.
    private async Task CountLostAsync(TenantId tenant, ModelUse use)
    {
        if (use.InputTokens + use.OutputTokens == 0) return;
        try
        {
            await usage.CountAsync(tenant, UsageMeter.Completion, Guid.CreateVersion7(), use, CancellationToken.None);
        }
        catch (Exception e) when (e is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
        {
            // The tenant has been deleted.
        }
        catch (Exception e)
        {
            LogNotCounted(SanitizedException.From(e), tenant);
        }
    }

    private static AssistantMessage GivenUp(VisitorMessage question, MessageId message) => new()
    {
        MessageId = message.Value,
        ReplyTo = question.Seq,
        Text = Phrases.For(question.Locale, question.Text).Unavailable,
        Outcome = AnswerOutcome.Failed,
        Citations = [],
        OffersPerson = true,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another node has already written answer {Message}")]
    private partial void LogLost(MessageId message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tokens of a failed answer of tenant {Tenant} could not be counted")]
    private partial void LogNotCounted(Exception exception, TenantId tenant);

    private sealed record OwedAnswer(
        int Attempt,
        bool StopRequested,
        ConversationId Conversation,
        IReadOnlyDictionary<string, string> Context,
        VisitorMessage Question,
        IReadOnlyList<ConversationEvent> History);
}
