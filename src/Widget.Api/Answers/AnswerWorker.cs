using Widget.Api.Conversations;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Answers;

/// <summary>
/// Writes the pending answers, whether or not a client is listening. Each is held by a lease. If this node dies, another node (or this one,
/// restarted) claims the answer when the lease has expired.
/// </summary>
public sealed partial class AnswerWorker(
    AnswerLeases leases,
    AnswerWriter writer,
    TimeProvider clock,
    ILogger<AnswerWorker> logger) : PeriodicWorker(ClaimInterval, clock)
{
    private static readonly TimeSpan ClaimInterval = TimeSpan.FromSeconds(1);
    private static readonly LeaseTimes Times = new(AnswerLeases.Duration, Renewal: TimeSpan.FromSeconds(2));

    private readonly LeaseGroup<MessageId, AnswerInProgress> _writing = new(Times, clock);
    private CancellationToken _stopping;

    /// <summary>
    /// Maximum number of unfinished answers: about as many as a node can write within half a minute. When a node has this many, visitors
    /// are asked to try again in a moment.
    /// </summary>
    internal int MaxConcurrent { get; set; } = 1_000;

    /// <summary>Whether this node has so many unfinished answers that it should not accept another question now.</summary>
    internal bool IsFull => _writing.Count >= MaxConcurrent;

    /// <summary>Writes an answer whose lease this node holds.</summary>
    internal void Start(TenantId tenant, MessageId message)
    {
        var writing = new AnswerInProgress(_stopping);
        // This node may still be writing the answer, if its lease expired while the database was unreachable. It has the lease again, so
        // it continues.
        if (!_writing.TryAdd(message, writing))
        {
            writing.Dispose();
            return;
        }

        writing.Completion = WriteAsync(tenant, message, writing);
    }

    /// <summary>
    /// Ends an answer at its current text if this node is writing it. Another node sees the request to stop when it renews its leases.
    /// </summary>
    public Task StopAsync(MessageId message) => _writing.Find(message)?.StopAsync() ?? Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        await Task.WhenAll(
            base.ExecuteAsync(stoppingToken),
            _writing.KeepAsync(RenewAsync, AbandonAsync, AbandonAsync, LogRenewalFailed, stoppingToken));
        // The cancelled answers give up their leases before the node stops.
        await Task.WhenAll(_writing.Items.Select(writing => writing.Completion));
    }

    protected override async Task TickAsync(CancellationToken ct)
    {
        foreach (var (tenant, message) in await leases.ClaimAbandonedAsync(ct))
        {
            LogTakenOver(message);
            Start(tenant, message);
        }
    }

    private async Task<IReadOnlySet<MessageId>> RenewAsync(IReadOnlyCollection<MessageId> messages, CancellationToken ct)
    {
        var held = await leases.RenewAsync(messages, ct);
        foreach (var (message, isStopRequested) in held)
            if (isStopRequested) await StopAsync(message);
        return held.Keys.ToHashSet();
    }

    private static Task AbandonAsync(AnswerInProgress writing) => writing.AbandonAsync();

    private async Task WriteAsync(TenantId tenant, MessageId message, AnswerInProgress writing)
    {
        // Return to the caller at once, so that the request can start to follow the answer.
        await Task.Yield();
        try
        {
            await writer.WriteAsync(tenant, message, writing);
        }
        catch (OperationCanceledException) when (writing.Abandoned.IsCancellationRequested)
        {
            LogAbandoned(message);
            if (_stopping.IsCancellationRequested) await ReleaseAsync(tenant, message);
        }
        catch (Exception e)
        {
            // The lease expires and the answer is tried again, a few times.
            LogFault(SanitizedException.From(e), message);
        }
        finally
        {
            _writing.Remove(message);
            writing.Dispose();
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
            // The lease expires by itself.
            LogRenewalFailed(e);
        }
    }

    protected override void LogDatabaseUnavailable(Exception exception) => LogClaimFailed(exception);

    protected override void LogFailure(Exception exception) => LogClaimFailed(exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Taking over abandoned answer {Message}")]
    private partial void LogTakenOver(MessageId message);

    [LoggerMessage(Level = LogLevel.Information, Message = "Answer {Message} is left to another node")]
    private partial void LogAbandoned(MessageId message);

    [LoggerMessage(Level = LogLevel.Error, Message = "Writing answer {Message} failed; it is retried when its lease expires")]
    private partial void LogFault(Exception exception, MessageId message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Looking for abandoned answers failed; retrying in a second")]
    private partial void LogClaimFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Renewing the leases of answers failed")]
    private partial void LogRenewalFailed(Exception exception);
}
