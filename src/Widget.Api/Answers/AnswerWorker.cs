using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Rag.Storage;

namespace Widget.Api.Answers;

/// <summary>
/// Writes the answers that are owed, independently of who is listening. Each is held by a lease: when this node dies, another (or
/// this one, started again) finds the lease run out and writes the answer. The lease is checked in the transaction that
/// appends the answer, so there is never a second one.
/// </summary>
public sealed partial class AnswerWorker(
    NpgsqlDataSource dataSource,
    ConversationDatabase conversations,
    TenantSettingsService settings,
    IMultiTenantStore tenants,
    LiveAnswers liveAnswers,
    Answerer answerer,
    ILogger<AnswerWorker> logger) : BackgroundService
{
    /// <summary>How long an answer stays with a node that gives no sign of life.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private const int MostTakenAtOnce = 64;
    private const int MostAttempts = 4;
    private const int HistoryLength = 30;

    // An answer waits for search and model and does little itself, so none waits for another: a queued one would lose its lease.
    private readonly ConcurrentDictionary<MessageId, Task> _writing = [];
    private readonly ConcurrentDictionary<MessageId, CancellationTokenSource> _stops = [];
    private CancellationToken _stopping;

    /// <summary>Names this node in leases.</summary>
    internal Guid Node { get; } = Guid.CreateVersion7();

    /// <summary>Writes an answer whose lease this node holds.</summary>
    internal void Start(TenantId tenant, MessageId message)
    {
        // One whose lease ran out for want of a database is being written here still, and may go on: the lease is this node's again.
        if (_writing.ContainsKey(message)) return;
        var writing = WriteAsync(tenant, message, _stopping);
        _writing[message] = writing;
        _ = writing.ContinueWith(
            _ => _writing.TryRemove(KeyValuePair.Create(message, writing)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Ends an answer where it is, if it is being written on this node. Another one sees the wish when it renews its lease.</summary>
    public async Task StopAsync(MessageId message)
    {
        if (!_stops.TryGetValue(message, out var stop)) return;
        try
        {
            await stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended in this moment.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        using var timer = new PeriodicTimer(Sweep);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await ClaimAbandonedAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is being written is given back, and then the node may go.
            await Task.WhenAll(_writing.Values);
        }
    }

    private async Task ClaimAbandonedAsync(CancellationToken ct)
    {
        try
        {
            await using var command = dataSource.CreateCommand("select tenant_id, message_id from claim_abandoned_answers($1, $2, $3)");
            command.Parameters.Add(new() { Value = Node });
            command.Parameters.Add(new() { Value = Lease });
            command.Parameters.Add(new() { Value = MostTakenAtOnce });
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
            {
                var message = new MessageId(rows.GetGuid(1));
                LogTakenOver(message);
                Start(new TenantId(rows.GetGuid(0)), message);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogDatabaseAway(e);
        }
    }

    private async Task WriteAsync(TenantId tenant, MessageId message, CancellationToken stoppingToken)
    {
        using var stop = new CancellationTokenSource();
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _stops[message] = stop;
        var renewing = RenewAsync(tenant, message, held, stop);
        LiveAnswer? live = null;
        var (activity, start) = (AnswerTelemetry.Start(tenant, message), Stopwatch.GetTimestamp());
        (AnswerOutcome? outcome, Exception? fault) = (null, null);
        try
        {
            if (await LoadAsync(tenant, message, activity, held.Token) is not { } owed) return;
            live = liveAnswers.Start(message, owed.Conversation.Id);
            if (owed.StopRequested) await stop.CancelAsync();
            // Giving up comes before everything that may be what brings nodes down.
            var answer = owed.Attempt > MostAttempts
                ? GivenUp(owed.Question, message)
                : await answerer.AnswerAsync(await ContextAsync(tenant, owed, held.Token), live, Step(owed.Attempt), stop.Token, held.Token);
            await AppendAsync(tenant, owed.Conversation.Id, message, answer, held.Token);
            outcome = answer.Outcome;
        }
        catch (OperationCanceledException) when (held.IsCancellationRequested)
        {
            LogLeft(message);
            // Nobody need wait for the lease of a node that stops in good order.
            if (stoppingToken.IsCancellationRequested) await ReleaseAsync(tenant, message);
        }
        catch (Exception e)
        {
            // The lease runs out and the answer is tried again, a few times.
            fault = e;
            LogFault(e, message);
        }
        finally
        {
            var first = live?.FirstTextAt is { } at ? Stopwatch.GetElapsedTime(start, at) : (TimeSpan?)null;
            AnswerTelemetry.End(activity, outcome, fault, Stopwatch.GetElapsedTime(start), first);
            await held.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stops.TryRemove(message, out _);
            if (live is not null) liveAnswers.End(live);
        }
    }

    // An attempt may take two steps (the model, then quoting), and a later attempt must count higher than both.
    private static int Step(int attempt) => (attempt * 2) - 1;

    private async Task<OwedAnswer?> LoadAsync(TenantId tenant, MessageId message, Activity? activity, CancellationToken ct)
    {
        await using var db = await conversations.BeginAsync(tenant, ct);
        if (await db.PendingAnswers.AsNoTracking().SingleOrDefaultAsync(row => row.MessageId == message, ct) is not { } pending) return null;
        AnswerTelemetry.Loaded(activity, pending);
        var conversation = await db.Conversations.AsNoTracking().SingleAsync(row => row.Id == pending.ConversationId, ct);
        var events = await ConversationLog.ReadAsync(db, pending.ConversationId, Math.Max(0, pending.QuestionSeq - HistoryLength), ct);
        var question = (VisitorMessage)events.Single(entry => entry.Seq == pending.QuestionSeq);
        return new OwedAnswer(pending.Attempt, pending.StopRequested, conversation, question, [.. events.TakeWhile(entry => entry.Seq < question.Seq).Select(SpokenHistory.AsMessage)]);
    }

    private async Task<AnswerContext> ContextAsync(TenantId tenant, OwedAnswer owed, CancellationToken ct) => new(
        await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct) ?? throw new InvalidOperationException($"Tenant {tenant} is gone."),
        await settings.ReadAsync(tenant, ct),
        owed.Question,
        owed.History,
        owed.Conversation.Context);

    private async Task AppendAsync(TenantId tenant, ConversationId conversation, MessageId message, AssistantMessage answer, CancellationToken ct)
    {
        await using var db = await conversations.BeginAsync(tenant, ct);
        await ConversationLog.LockAsync(db, conversation, visitor: null, ct);
        var held = await db.PendingAnswers.Where(row => row.MessageId == message && row.LeaseOwner == Node).ExecuteDeleteAsync(ct);
        if (held == 0)
        {
            LogLost(message);
            return;
        }

        await ConversationLog.AppendAsync(db, conversation, answer, ct);
        await db.CommitAsync(ct);
    }

    private async Task RenewAsync(TenantId tenant, MessageId message, CancellationTokenSource held, CancellationTokenSource stop)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal);
            while (await timer.WaitForNextTickAsync(held.Token))
            {
                await using var db = await conversations.BeginAsync(tenant, held.Token);
                var stopRequested = await SetLeaseAsync(db, message, Lease, held.Token);
                await db.CommitAsync(held.Token);
                if (stopRequested is null) await held.CancelAsync();
                else if (stopRequested is true) await stop.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The answer is done.
        }
        catch (Exception e)
        {
            // Whatever it was: without renewal the lease runs out, and writing without one is not allowed.
            LogDatabaseAway(e);
            await held.CancelAsync();
        }
    }

    private async Task ReleaseAsync(TenantId tenant, MessageId message)
    {
        try
        {
            await using var db = await conversations.BeginAsync(tenant, CancellationToken.None);
            await SetLeaseAsync(db, message, TimeSpan.Zero, CancellationToken.None);
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogDatabaseAway(e);
        }
    }

    // Whether the visitor wants it stopped; null when another node holds the answer by now, or it is done.
    private async Task<bool?> SetLeaseAsync(ConversationDb db, MessageId message, TimeSpan lease, CancellationToken ct)
    {
        await using var command = db.Command(
            "update pending_answers set lease_until = now() + $3 where message_id = $1 and lease_owner = $2 returning stop_requested",
            [message.Value, Node, lease]);
        return (bool?)await command.ExecuteScalarAsync(ct);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing answer {Message} met a fault")]
    private partial void LogFault(Exception exception, MessageId message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; answers wait for it")]
    private partial void LogDatabaseAway(Exception exception);

    private sealed record OwedAnswer(
        int Attempt,
        bool StopRequested,
        Conversation Conversation,
        VisitorMessage Question,
        IReadOnlyList<ConversationEvent> History);
}
