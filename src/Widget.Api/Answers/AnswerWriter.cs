using System.Diagnostics;
using Npgsql;
using Widget.Api.Agents;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>
/// Writes one pending answer: loads the question, calls the answerer, and appends the answer to the conversation. The transaction
/// that appends the answer checks the lease, so a question is never answered twice.
/// </summary>
public sealed partial class AnswerWriter(
    AnswerLeases leases,
    TenantDatabase database,
    ConversationAgents agents,
    IMultiTenantStore tenants,
    LiveAnswers liveAnswers,
    Answerer answerer,
    ChatModels models,
    AnswerTools tools,
    MonthlyBudget budget,
    UsageMeter usage,
    TimeProvider clock,
    ILogger<AnswerWriter> logger)
{
    private const int MaxAttempts = 4;
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
            if (await LoadAsync(tenant, message, activity, writing.Abandoned) is not { } loaded) return;
            live = liveAnswers.Start(message, loaded.Conversation);
            if (loaded.StopRequested) await writing.StopAsync();
            // Checked first, so that an answer that crashes the node is not tried forever.
            var context = loaded.Attempt > MaxAttempts ? null : await ContextAsync(tenant, loaded, message, writing.Abandoned);
            var answer = context is null
                ? UnavailableAnswer(loaded.Question, message)
                : await answerer.AnswerAsync(context, live, FirstStep(loaded.Attempt), writing.Stopped, writing.Abandoned);
            writing.IsAppending = true;
            await AppendAsync(tenant, loaded.Conversation, message, answer, tally.Use, writing.Abandoned);
            outcome = answer.Outcome;
        }
        catch (Exception e) when (e is not OperationCanceledException || !writing.Abandoned.IsCancellationRequested)
        {
            fault = e;
            throw;
        }
        finally
        {
            var timeToFirstText = live?.FirstTextAt is { } at ? clock.GetElapsedTime(start, at) : (TimeSpan?)null;
            AnswerTelemetry.End(activity, outcome, fault, clock.GetElapsedTime(start), timeToFirstText);
            if (outcome is null) await CountFailedAttemptAsync(tenant, tally.Use);
            if (live is not null) liveAnswers.End(live);
        }
    }

    // An attempt has up to two steps: the model writes, then quotes replace its text. Each step has a number, and later attempts have
    // higher ones.
    private static int FirstStep(int attempt) => (attempt * 2) - 1;

    private async Task<LoadedQuestion?> LoadAsync(TenantId tenant, MessageId message, Activity? activity, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add(
                """
                select pending.attempt, pending.stop_requested, pending.conversation_id, pending.trace_parent, conversation.context,
                       coalesce((
                         select kind = 'contact_declined' from conversation_events
                         where tenant_id = $1 and conversation_id = pending.conversation_id and (
                           kind in ('contact_given', 'contact_declined')
                           or (kind = 'person_requested' and data ->> 'email' is not null))
                         order by seq desc limit 1), false),
                       conversation.visitor_id
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
        AnswerTelemetry.SetAttempt(activity, attempt, rows.IsDBNull(3) ? null : rows.GetString(3));
        var (context, contactDeclined) = (Conversation.ParseContext(rows.GetString(4)), rows.GetBoolean(5));
        var visitor = new VisitorId(rows.GetGuid(6));
        await rows.NextResultAsync(ct);
        var events = await ConversationLog.ReadAllAsync(rows, ct);
        var question = (VisitorMessage)events[^1];
        var history = SpokenHistory.AsMessages(events).TakeWhile(entry => entry.Seq < question.Seq);
        return new LoadedQuestion(attempt, stopRequested, conversation, visitor, context, contactDeclined, question, [.. history]);
    }

    private async Task<AnswerContext> ContextAsync(TenantId tenant, LoadedQuestion loaded, MessageId message, CancellationToken ct)
    {
        var current = await agents.SettingsAsync(tenant, loaded.Conversation, ct);
        var info = await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct)
            ?? throw new InvalidOperationException($"Tenant {tenant} does not exist.");
        var model = await models.FindAsync(tenant, ct);
        return new(info, current, loaded.Question, loaded.History, loaded.Context)
        {
            Budget = await budget.CheckAsync(tenant, current, ct),
            Model = model,
            Tools = model is null ? null : await tools.OfAsync(ToolContext(info, current, loaded, message), ct),
            ContactDeclined = loaded.ContactDeclined,
        };
    }

    private static ToolContext ToolContext(TenantInfo tenant, TenantSettings current, LoadedQuestion loaded, MessageId message) => new()
    {
        Tenant = tenant,
        Settings = current,
        CallId = $"text:{message}",
        Channel = ToolChannels.Text,
        Conversation = loaded.Conversation,
        Visitor = loaded.Visitor,
        Locale = loaded.Question.Locale,
    };

    private async Task AppendAsync(
        TenantId tenant,
        ConversationId conversation,
        MessageId message,
        AssistantMessage answer,
        ModelUse use,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await ConversationLog.LockAsync(db, conversation, visitor: null, ct);
        await using (var delete = db.Command(
            "delete from pending_answers where tenant_id = $1 and message_id = $2 and lease_owner = $3",
            [tenant.Value, message.Value, leases.Node]))
        {
            if (await delete.ExecuteNonQueryAsync(ct) == 0)
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

    // The model's work in a failed attempt costs money, too. There is no answer, so its tokens are counted as a completion.
    private async Task CountFailedAttemptAsync(TenantId tenant, ModelUse use)
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

    private static AssistantMessage UnavailableAnswer(VisitorMessage question, MessageId message) => new()
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

    private sealed record LoadedQuestion(
        int Attempt,
        bool StopRequested,
        ConversationId Conversation,
        VisitorId Visitor,
        IReadOnlyDictionary<string, string> Context,
        bool ContactDeclined,
        VisitorMessage Question,
        IReadOnlyList<ConversationEvent> History);
}
