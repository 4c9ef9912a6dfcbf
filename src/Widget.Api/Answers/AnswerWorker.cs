using System.Collections.Concurrent;
using System.Collections.ObjectModel;
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
/// Writes the answers that are owed, independently of who is listening. Each is held by a lease: when this node dies, another (or
/// this one, started again) finds the lease run out and writes the answer. The lease is checked in the transaction that
/// appends the answer, so there is never a second one.
/// </summary>
public sealed partial class AnswerWorker(
    AnswerLeases leases,
    TenantDatabase conversations,
    TenantSettingsService settings,
    IMultiTenantStore tenants,
    LiveAnswers liveAnswers,
    Answerer answerer,
    MonthlyBudget budget,
    UsageMeter usage,
    TimeProvider clock,
    ILogger<AnswerWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private const int MostAttempts = 4;
    private const int HistoryLength = 30;

    /// <summary>
    /// About as many answers as a node can write within half a minute. When a node has this many, visitors are asked to try again in a
    /// moment.
    /// </summary>
    internal int MostAtOnce { get; set; } = 1_000;

    private readonly ConcurrentDictionary<MessageId, AnswerInProgress> _writing = [];
    private CancellationToken _stopping;

    /// <summary>Whether this node has so many unfinished answers that it should not accept another question now.</summary>
    internal bool IsFull => _writing.Count >= MostAtOnce;

    /// <summary>Writes an answer whose lease this node holds.</summary>
    internal void Start(TenantId tenant, MessageId message)
    {
        var writing = new AnswerInProgress(_stopping);
        // If the database was unreachable and the lease expired, this node may still be writing the answer. It continues, because it
        // holds the lease again.
        if (!_writing.TryAdd(message, writing))
        {
            writing.Dispose();
            return;
        }

        writing.Done = WriteAsync(tenant, message, writing);
    }

    /// <summary>
    /// Ends an answer where it is, if it is being written on this node. Another node sees the request to stop when it renews its leases.
    /// </summary>
    public Task StopAsync(MessageId message) => _writing.TryGetValue(message, out var writing) ? writing.StopAsync() : Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        await Task.WhenAll(SweepAsync(stoppingToken), RenewAsync(stoppingToken));
        // What is being written is given back, and then the node may go.
        await Task.WhenAll(_writing.Values.Select(writing => writing.Done));
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Sweep, clock);
        while (await NextAsync(timer, ct))
        {
            try
            {
                foreach (var (tenant, message) in await leases.ClaimAbandonedAsync(ct))
                {
                    LogTakenOver(message);
                    Start(tenant, message);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                LogClaimFailed(e);
            }
        }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Renewal, clock);
        var renewed = clock.GetTimestamp();
        while (await NextAsync(timer, ct))
        {
            // The statement may miss answers that start while it runs, so look only at those that exist now.
            var held = _writing.ToArray();
            var begun = clock.GetTimestamp();
            // A database that does not answer must not keep a node writing for longer than its leases last.
            using var late = new CancellationTokenSource(AnswerLeases.Length - Renewal, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
            try
            {
                IReadOnlyDictionary<MessageId, bool> renewals = held.Length == 0
                    ? ReadOnlyDictionary<MessageId, bool>.Empty
                    : await leases.RenewAsync(held.Select(pair => pair.Key), either.Token);
                renewed = begun;
                foreach (var (message, writing) in held)
                {
                    if (!renewals.TryGetValue(message, out var stop)) await writing.LeaveAsync();
                    else if (stop) await writing.StopAsync();
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                LogRenewalFailed(e);
                // The leases have expired, so other nodes take over these answers.
                if (clock.GetElapsedTime(renewed) + Renewal > AnswerLeases.Length)
                    foreach (var (_, writing) in held) await writing.LeaveAsync();
            }
        }
    }

    // False when the node stops.
    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task WriteAsync(TenantId tenant, MessageId message, AnswerInProgress writing)
    {
        // Return to the caller at once, so that the request can start to follow the answer.
        await Task.Yield();
        using var tally = ModelTally.Begin();
        var counted = false;
        LiveAnswer? live = null;
        var (activity, start) = (AnswerTelemetry.Start(tenant, message), clock.GetTimestamp());
        (AnswerOutcome? outcome, Exception? fault) = (null, null);
        try
        {
            if (await LoadAsync(tenant, message, activity, writing.Held) is not { } owed) return;
            live = liveAnswers.Start(message, owed.Conversation);
            if (owed.StopRequested) await writing.StopAsync();
            // Giving up comes before everything that may be what brings nodes down.
            var context = owed.Attempt > MostAttempts ? null : await ContextAsync(tenant, owed, writing.Held);
            var answer = context is null
                ? GivenUp(owed.Question, message)
                : await answerer.AnswerAsync(context, live, Step(owed.Attempt), writing.Stopped, writing.Held);
            writing.IsAppending = true;
            await AppendAsync(tenant, owed.Conversation, message, answer, tally.Use, writing.Held);
            (outcome, counted) = (answer.Outcome, true);
        }
        catch (OperationCanceledException) when (writing.Held.IsCancellationRequested)
        {
            LogLeft(message);
            // Nobody need wait for the lease of a node that stops in good order.
            if (_stopping.IsCancellationRequested) await ReleaseAsync(tenant, message);
        }
        catch (Exception e)
        {
            // The lease runs out and the answer is tried again, a few times.
            fault = e;
            LogFault(LoggedException.Of(e), message);
        }
        finally
        {
            var first = live?.FirstTextAt is { } at ? clock.GetElapsedTime(start, at) : (TimeSpan?)null;
            AnswerTelemetry.End(activity, outcome, fault, clock.GetElapsedTime(start), first);
            if (!counted) await CountLostAsync(tenant, tally.Use);
            _writing.TryRemove(message, out _);
            if (live is not null) liveAnswers.End(live);
            writing.Dispose();
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
            await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct) ?? throw new InvalidOperationException($"Tenant {tenant} is gone."),
            current,
            owed.Question,
            owed.History,
            owed.Context)
        {
            Budget = await budget.CheckAsync(tenant, current, ct),
        };
    }

    private async Task AppendAsync(
        TenantId tenant, ConversationId conversation, MessageId message, AssistantMessage answer, ModelUse use, CancellationToken ct)
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

    // An attempt that came to nothing has been paid for all the same. It is no answer, so it counts among the completions.
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
            LogNotCounted(LoggedException.Of(e), tenant);
        }
    }

    private async Task ReleaseAsync(TenantId tenant, MessageId message)
    {
        try
        {
            await leases.ReleaseAsync(tenant, message);
        }
        catch (Exception e)
        {
            // It runs out by itself.
            LogRenewalFailed(e);
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer {Message} was abandoned and is taken over")]
    private partial void LogTakenOver(MessageId message);

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer {Message} is left to another node")]
    private partial void LogLeft(MessageId message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Message} was written elsewhere meanwhile")]
    private partial void LogLost(MessageId message);

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing answer {Message} failed; it is retried when its lease expires")]
    private partial void LogFault(Exception exception, MessageId message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for abandoned answers failed; retrying in a second")]
    private partial void LogClaimFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The tokens of a failed answer of tenant {Tenant} could not be counted")]
    private partial void LogNotCounted(Exception exception, TenantId tenant);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Renewing the leases of answers failed")]
    private partial void LogRenewalFailed(Exception exception);

    private sealed record OwedAnswer(
        int Attempt,
        bool StopRequested,
        ConversationId Conversation,
        IReadOnlyDictionary<string, string> Context,
        VisitorMessage Question,
        IReadOnlyList<ConversationEvent> History);
}
