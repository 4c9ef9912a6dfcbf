using System.Collections.Concurrent;
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

    // An answer waits for search and model and does little itself, so none waits for another: a queued one would lose its lease.
    private readonly ConcurrentDictionary<MessageId, Task> _writing = [];
    private readonly ConcurrentDictionary<MessageId, CancellationTokenSource> _stops = [];
    private CancellationToken _stopping;

    /// <summary>Names this node in leases.</summary>
    internal Guid Node { get; } = Guid.CreateVersion7();

    /// <summary>Writes an answer whose lease this node holds.</summary>
    internal void Start(TenantId tenant, MessageId message)
    {
        var writing = WriteAsync(tenant, message, _stopping);
        _writing[message] = writing;
        _ = writing.ContinueWith(
            _ => _writing.TryRemove(KeyValuePair.Create(message, writing)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Ends an answer where it is; false when it is not being written on this node.</summary>
    public async Task<bool> StopAsync(MessageId message)
    {
        if (!_stops.TryGetValue(message, out var stop)) return false;
        try
        {
            await stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            return false; // it ended in this moment
        }

        return true;
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
        var renewing = RenewAsync(tenant, message, held);
        LiveAnswer? live = null;
        try
        {
            if (await LoadAsync(tenant, message, held.Token) is var (pending, context))
            {
                live = liveAnswers.Start(message, pending.ConversationId);
                var answer = pending.Attempt > MostAttempts
                    ? GivenUp(context, message)
                    : await answerer.AnswerAsync(context, live, Step(pending.Attempt), stop.Token, held.Token);
                await AppendAsync(tenant, pending.ConversationId, message, answer, held.Token);
            }
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
            LogFault(e, message);
        }
        finally
        {
            await held.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stops.TryRemove(message, out _);
            if (live is not null) liveAnswers.End(live);
        }
    }

    // An attempt may take two steps (the model, then quoting), and a later attempt must count higher than both.
    private static int Step(int attempt) => (attempt * 2) - 1;

    private async Task<(PendingAnswer Pending, AnswerContext Context)?> LoadAsync(TenantId tenant, MessageId message, CancellationToken ct)
    {
        var info = await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + tenant, ct);
        var tenantSettings = await settings.ReadAsync(tenant, ct);
        await using var db = await conversations.BeginAsync(tenant, ct);
        var pending = await db.PendingAnswers.AsNoTracking().SingleOrDefaultAsync(row => row.MessageId == message, ct);
        if (info is null || pending is null) return null;
        var conversation = await db.Conversations.AsNoTracking().SingleAsync(row => row.Id == pending.ConversationId, ct);
        var history = await ConversationLog.ReadAsync(db, pending.ConversationId, Math.Max(0, pending.QuestionSeq - 30), ct);
        var question = (VisitorMessage)history.Single(entry => entry.Seq == pending.QuestionSeq);
        return (pending, new AnswerContext(info, tenantSettings, question, [.. history.TakeWhile(entry => entry.Seq < question.Seq)], conversation.Context));
    }

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

    private async Task RenewAsync(TenantId tenant, MessageId message, CancellationTokenSource held)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal);
            while (await timer.WaitForNextTickAsync(held.Token))
            {
                await using var db = await conversations.BeginAsync(tenant, held.Token);
                var renewed = await SetLeaseAsync(db, message, Lease, held.Token);
                await db.CommitAsync(held.Token);
                if (!renewed) await held.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The answer is done.
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
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

    // False when another node holds the answer by now, or it is done.
    private async Task<bool> SetLeaseAsync(ConversationDb db, MessageId message, TimeSpan lease, CancellationToken ct)
    {
        await using var command = db.Command(
            "update pending_answers set lease_until = now() + $3 where message_id = $1 and lease_owner = $2",
            [message.Value, Node, lease]);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    private static AssistantMessage GivenUp(AnswerContext context, MessageId message) => new()
    {
        MessageId = message.Value,
        ReplyTo = context.Question.Seq,
        Text = Phrases.For(context.Question.Locale, context.Question.Text).Unavailable,
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
}
