using System.Collections.Concurrent;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Voice.Dialogue;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Holds calls: keeps the line to the provider and the dialogue on it, looks now and then whether the call should end, and ends it. One node holds a call
/// at a time, by a lease; when it dies another gets a line of its own and goes on.
/// </summary>
public sealed partial class VoiceHolder(
    TenantDatabase database,
    VoiceAccounts accounts,
    VoiceProviders providers,
    VoiceBackstage backstage,
    VoiceBus bus,
    VoiceFinish finish,
    LiveVoices voices,
    TenantSettingsService settings,
    VoiceTimings timings,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<VoiceHolder> logger)
{
    private readonly ConcurrentDictionary<VoiceCallId, Task> _held = [];

    /// <summary>Names this node in leases.</summary>
    internal Guid Node { get; } = Guid.CreateVersion7();

    /// <summary>Holds a call whose lease this node has, until it is over or the node stops.</summary>
    /// <returns>When it takes the visitor's wishes.</returns>
    internal Task Start(TenantId tenant, VoiceCallId id)
    {
        // If the database was away and the lease expired, this node keeps the call until another node claims it.
        if (_held.ContainsKey(id)) return Task.CompletedTask;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holding = HoldAsync(tenant, id, ready);
        _held[id] = holding;
        _ = holding.ContinueWith(_ => _held.TryRemove(KeyValuePair.Create(id, holding)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return ready.Task;
    }

    /// <summary>Waits for what is held to be given back; the node stops.</summary>
    internal Task StopAsync() => Task.WhenAll(_held.Values);

    private async Task HoldAsync(TenantId tenant, VoiceCallId id, TaskCompletionSource ready)
    {
        try
        {
            if (await FindAsync(tenant, id) is not { IsOver: false } call) return;
            if (call.CallId is not { } callId || await AccountAsync(call) is not { } account)
            {
                await EndAsync(call, null, VoiceEndReason.Failed, null);
                return;
            }

            var provider = providers.Of(call.Protocol);
            if (call.State == VoiceSessionState.Live) await TalkAsync(call, account, provider, callId, ready);
            else await EndAsync(call, null, call.EndReason ?? VoiceEndReason.Failed, () => provider.HangUpAsync(account, callId, CancellationToken.None));
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await ReleaseAsync(tenant, id, TimeSpan.Zero);
        }
        catch (OperationCanceledException)
        {
            // Another node has it.
        }
        catch (Exception e)
        {
            // The call is claimed again: soon, or when its lease expires.
            Report(e, id);
            await ReleaseAsync(tenant, id, timings.RetryingEnd);
        }
        finally
        {
            ready.TrySetResult();
        }
    }

    private async Task TalkAsync(VoiceCall call, VoiceAccount account, IVoiceProvider provider, string callId, TaskCompletionSource ready)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        using var held = new HeldCall(call, backstage, clock, stage => call.Protocol == VoiceProtocol.GptLive
            ? new LiveDialogue(stage)
            : new RealtimeDialogue(call.Plan, timings, setup: null, isRelayed: false, stage));
        using var commands = bus.Hold(call.Id, command => Take(call, held, command));
        ready.TrySetResult();
        var renewing = RenewAsync(call, held, lost);
        VoiceEndReason reason;
        try
        {
            try
            {
                reason = await ConverseAsync(call, held, account, provider, callId, lost.Token);
            }
            finally
            {
                await lost.CancelAsync();
                await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            lifetime.ApplicationStopping.ThrowIfCancellationRequested();
        }
        catch
        {
            // The next node does not know the lines and the usage that are not saved yet, so save them now.
            await held.CloseAsync(lifetime.ApplicationStopping);
            await SaveUsageAsync(call, held);
            throw;
        }

        await EndAsync(call, held, reason, () => provider.HangUpAsync(account, callId, CancellationToken.None));
    }

    // Runs the dialogue until the call must end.
    private async Task<VoiceEndReason> ConverseAsync(
        VoiceCall call,
        HeldCall held,
        VoiceAccount account,
        IVoiceProvider provider,
        string callId,
        CancellationToken lost)
    {
        for (var first = true; ; first = false)
        {
            IVoiceLine? line;
            try
            {
                line = await AttachAsync(account, provider, callId, lost);
            }
            catch (VoiceProviderException e)
            {
                LogNoLine(e, call.Id);
                return held.Ending ?? await LastWordAsync(call, lost);
            }

            await using (line)
            {
                if (first) await BeginAsync(call, held, lost);
                await held.RunAsync(line!, lost);
            }

            if (held.Ending is { } reason) return reason;
        }
    }

    /// <summary>The first line that stands tells the model what there was before; another node's goes on.</summary>
    internal async Task BeginAsync(VoiceCall call, HeldCall held, CancellationToken ct)
    {
        bool? isNew = null;
        try
        {
            await DatabaseRetry.RunAsync(
                async token =>
                {
                    await using var db = await database.BeginAsync(call.TenantId, token);
                    if (await db.LockAsync(call.Id, token) is not { } row) return;
                    // A retry after a commit whose response was lost finds AttachedAt already set, so keep the value of the first
                    // attempt.
                    isNew ??= row.AttachedAt is null;
                    row.AttachedAt ??= clock.GetUtcNow();
                    await db.CommitAsync(token);
                },
                clock,
                LogDatabaseAway,
                ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The visitor is waiting, so start the conversation even if the row could not be updated.
            LogFault(LoggedException.Of(e), call.Id);
        }

        held.Begin(isNew ?? call.AttachedAt is null);
    }

    private async Task<IVoiceLine?> AttachAsync(VoiceAccount account, IVoiceProvider provider, string callId, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await provider.AttachAsync(account, callId, ct);
            }
            catch (VoiceProviderException e) when (attempt < timings.Attaching.Count && e.Fault is VoiceFault.NotFound or VoiceFault.Temporary)
            {
                await Task.Delay(timings.Attaching[attempt], clock, ct);
            }
        }
    }

    // The provider's line is gone, so the call is over there. Often the page has ended it, and its wish is on the way.
    private async Task<VoiceEndReason> LastWordAsync(VoiceCall call, CancellationToken ct)
    {
        if (await WishAsync() is { } wish) return wish;
        await Task.Delay(timings.LastWord, clock, ct);
        return await WishAsync() ?? VoiceEndReason.Provider;

        async Task<VoiceEndReason?> WishAsync()
        {
            try
            {
                return (await FindAsync(call.TenantId, call.Id))?.EndReason;
            }
            catch (Exception e)
            {
                // If an end was requested, the row says so, and the end is saved with that reason.
                Report(e, call.Id);
                return null;
            }
        }
    }

    internal void Take(VoiceCall call, HeldCall held, VoiceCommand command)
    {
        switch (command.Kind)
        {
            case "press":
                held.Wish(() => held.Dialogue.Talk(pressed: true));
                break;
            case "release":
                held.Wish(() => held.Dialogue.Talk(pressed: false));
                break;
            case "interrupt":
                held.Wish(held.Dialogue.Interrupt);
                break;
            case "say" when command.Item is { } item:
                _ = SayAsync(call, held, item);
                break;
            case "look":
                _ = LookAsync(call, held);
                break;
            default:
                break;
        }
    }

    private async Task SayAsync(VoiceCall call, HeldCall held, string item)
    {
        try
        {
            var text = await DatabaseRetry.RunAsync(ct => backstage.TypedAsync(call, item, ct), clock, LogDatabaseAway, held.Over);
            if (text is not null) held.Say(item, text);
        }
        catch (OperationCanceledException) when (held.Over.IsCancellationRequested)
        {
            // It is over; what was typed is in the log.
        }
        catch (Exception e)
        {
            Report(e, call.Id);
        }
    }

    // Renews the lease and checks whether the call must end. False when this node no longer holds it. Does not throw, because a call that
    // costs by the minute must stay monitored.
    private async Task<bool> LookAsync(VoiceCall call, HeldCall held)
    {
        try
        {
            // A database that does not answer must not keep the call from its time limit.
            using var late = new CancellationTokenSource(timings.Lease, clock);
            await using var db = await database.BeginAsync(call.TenantId, late.Token);
            if (await db.LockAsync(call.Id, late.Token) is not { } row || row.LeaseOwner != Node) return false;
            var now = clock.GetUtcNow();
            held.Deadline = row.Deadline;
            if (row.State == VoiceSessionState.Live && now > row.Deadline) row.BeginEnd(VoiceEndReason.TimeLimit, now);
            if (row.State == VoiceSessionState.Live && row.Watched && now - row.SeenAt > timings.Silence) row.BeginEnd(VoiceEndReason.Left, now);
            row.LeaseUntil = now + timings.Lease;
            row.Usage = Larger(row.Usage, held.Usage);
            await db.CommitAsync(late.Token);
            if (row.State != VoiceSessionState.Live) held.Post(() => held.End(row.EndReason ?? VoiceEndReason.Provider));
            return true;
        }
        catch (Exception e)
        {
            // No other node can take the call without the database either, so keep it.
            Report(e, call.Id);
            if (clock.GetUtcNow() > held.Deadline) held.Post(() => held.End(VoiceEndReason.TimeLimit));
            return true;
        }
    }

    internal async Task RenewAsync(VoiceCall call, HeldCall held, CancellationTokenSource lost)
    {
        using var timer = new PeriodicTimer(timings.Renewal, clock);
        while (await timer.WaitForNextTickAsync(lost.Token))
        {
            if (await LookAsync(call, held)) continue;
            await lost.CancelAsync();
            return;
        }
    }

    private async Task<VoiceCall?> FindAsync(TenantId tenant, VoiceCallId id)
    {
        await using var db = await database.BeginAsync(tenant, CancellationToken.None);
        return await db.FindCallAsync(id, CancellationToken.None);
    }

    // The account that it was opened in; null when its key is not at hand any more.
    private async Task<VoiceAccount?> AccountAsync(VoiceCall call)
    {
        var current = (await settings.ReadAsync(call.TenantId, CancellationToken.None)).Voice;
        foreach (var candidate in new[] { current, current with { Protocol = call.Protocol, Endpoint = null }, current with { Protocol = call.Protocol, Endpoint = call.Endpoint } })
            if (await accounts.OfAsync(call.TenantId, candidate, CancellationToken.None) is { } account && account.Fingerprint == call.Account) return account;
        return null;
    }

    private void Report(Exception exception, VoiceCallId call)
    {
        if (DatabaseFaults.IsTransient(exception) || exception is OperationCanceledException) LogDatabaseAway(exception);
        else LogFault(LoggedException.Of(exception), call);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Holding voice call {Call} met a fault")]
    private partial void LogFault(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is no line to voice call {Call} any more")]
    private partial void LogNoLine(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Voice call {Call} could not be hung up")]
    private partial void LogNotHungUp(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; voice calls continue without it")]
    private partial void LogDatabaseAway(Exception exception);
}
