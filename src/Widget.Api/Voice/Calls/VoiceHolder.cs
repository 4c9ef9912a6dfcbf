using System.Collections.Concurrent;
using Npgsql;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Voice.Dialogue;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Rag.Storage;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Holds calls: keeps the line to the provider and the dialogue on it, looks now and then whether the call should end, and ends it. One node holds a call
/// at a time, by a lease; when it dies another gets a line of its own and goes on.
/// </summary>
public sealed partial class VoiceHolder(
    VoiceDatabase database,
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
        // One whose lease ran out for want of a database is held here still, and may go on: the lease is this node's again.
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
            // Its lease runs out, and it is taken up anew.
            LogFault(e, id);
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
        VoiceEndReason? reason = null;
        try
        {
            var first = true;
            while (held.Ending is null && reason is null)
            {
                IVoiceLine? line;
                try
                {
                    line = await AttachAsync(account, provider, callId, lost.Token);
                }
                catch (VoiceProviderException e)
                {
                    LogNoLine(e, call.Id);
                    reason = await LastWordAsync(call, lost.Token);
                    break;
                }

                await using (line)
                {
                    if (first) await BeginAsync(call, held);
                    first = false;
                    await held.RunAsync(line!, lost.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever goes on with it does not know what was said here and is not in the log yet.
            await held.CloseAsync();
            throw;
        }
        finally
        {
            await lost.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lifetime.ApplicationStopping.ThrowIfCancellationRequested();
        // Where it was lost to another node, that one ends it.
        if (held.Ending is null && reason is null) return;
        await EndAsync(call, held, held.Ending ?? reason!.Value, () => provider.HangUpAsync(account, callId, CancellationToken.None));
    }

    /// <summary>The first line that stands tells the model what there was before; another node's goes on.</summary>
    internal async Task BeginAsync(VoiceCall call, HeldCall held)
    {
        await using var db = await database.BeginAsync(call.TenantId, CancellationToken.None);
        if (await db.LockAsync(call.Id, CancellationToken.None) is not { } row) return;
        var isNew = row.AttachedAt is null;
        row.AttachedAt ??= clock.GetUtcNow();
        await db.CommitAsync(CancellationToken.None);
        held.Begin(isNew);
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
        if ((await FindAsync(call.TenantId, call.Id))?.EndReason is { } wish) return wish;
        await Task.Delay(timings.LastWord, clock, ct);
        return (await FindAsync(call.TenantId, call.Id))?.EndReason ?? VoiceEndReason.Provider;
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
            if (await backstage.TypedAsync(call, item, lifetime.ApplicationStopping) is { } text) held.Wish(() => held.Dialogue.Say(item, text));
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            LogFault(e, call.Id);
        }
    }

    // Whether it should end, and that this node still has it.
    private async Task<bool> LookAsync(VoiceCall call, HeldCall held)
    {
        try
        {
            await using var db = await database.BeginAsync(call.TenantId, CancellationToken.None);
            if (await db.LockAsync(call.Id, CancellationToken.None) is not { } row || row.LeaseOwner != Node) return false;
            var now = clock.GetUtcNow();
            if (row.State == VoiceSessionState.Live && now > row.Deadline) row.BeginEnd(VoiceEndReason.TimeLimit, now);
            if (row.State == VoiceSessionState.Live && row.Watched && now - row.SeenAt > timings.Silence) row.BeginEnd(VoiceEndReason.Left, now);
            row.LeaseUntil = now + timings.Lease;
            row.Usage = new Dictionary<string, long>(held.Usage, StringComparer.Ordinal);
            await db.CommitAsync(CancellationToken.None);
            if (row.State != VoiceSessionState.Live) held.Post(() => held.End(row.EndReason ?? VoiceEndReason.Provider));
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            // Until the lease runs out nobody else comes.
            LogDatabaseAway(e);
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

    /// <summary>Ends a call: at the provider, then in the log, then in the row; each is safe to be done twice.</summary>
    internal async Task EndAsync(VoiceCall call, HeldCall? held, VoiceEndReason reason, Func<Task>? hangUp)
    {
        await using (var db = await database.BeginAsync(call.TenantId, CancellationToken.None))
        {
            if (await db.LockAsync(call.Id, CancellationToken.None) is not { } row) return;
            if (row.BeginEnd(reason, clock.GetUtcNow())) await db.CommitAsync(CancellationToken.None);
        }

        var hungUp = true;
        try
        {
            if (hangUp is not null) await hangUp();
        }
        catch (VoiceProviderException e)
        {
            LogNotHungUp(e, call.Id);
            hungUp = e.Fault != VoiceFault.Temporary || clock.GetUtcNow() > call.CreatedAt + timings.GivingUpEnd;
        }

        if (held is not null) await held.CloseAsync();
        voices.Forget(call.ConversationId);
        await using (var db = await database.BeginAsync(call.TenantId, CancellationToken.None))
        {
            if (await db.LockAsync(call.Id, CancellationToken.None) is not { } row) return;
            if (held is not null) row.Usage = held.Usage;
            if (hungUp) await finish.EndAsync(db, row, CancellationToken.None);
            else (row.LeaseOwner, row.LeaseUntil, row.NextCheckAt) = (null, null, clock.GetUtcNow() + timings.RetryingEnd);
            await db.CommitAsync(CancellationToken.None);
        }
    }

    internal async Task ReleaseAsync(TenantId tenant, VoiceCallId id, TimeSpan next)
    {
        try
        {
            await using var db = await database.BeginAsync(tenant, CancellationToken.None);
            if (await db.LockAsync(id, CancellationToken.None) is not { } row || row.LeaseOwner != Node) return;
            (row.LeaseOwner, row.LeaseUntil) = (null, null);
            if (!row.IsOver) row.NextCheckAt = clock.GetUtcNow() + next;
            await db.CommitAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogDatabaseAway(e);
        }
    }

    private async Task<VoiceCall?> FindAsync(TenantId tenant, VoiceCallId id)
    {
        await using var db = await database.BeginAsync(tenant, CancellationToken.None);
        return await db.FindAsync(id, CancellationToken.None);
    }

    // The account that it was opened in; null when its key is not at hand any more.
    private async Task<VoiceAccount?> AccountAsync(VoiceCall call)
    {
        var current = (await settings.ReadAsync(call.TenantId, CancellationToken.None)).Voice;
        foreach (var candidate in new[] { current, current with { Protocol = call.Protocol, Endpoint = null }, current with { Protocol = call.Protocol, Endpoint = call.Endpoint } })
            if (await accounts.OfAsync(call.TenantId, candidate, CancellationToken.None) is { } account && account.Fingerprint == call.Account) return account;
        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Holding voice call {Call} met a fault")]
    private partial void LogFault(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Information, Message = "There is no line to voice call {Call} any more")]
    private partial void LogNoLine(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Voice call {Call} could not be hung up")]
    private partial void LogNotHungUp(Exception exception, VoiceCallId call);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away; voice calls go on without it for a moment")]
    private partial void LogDatabaseAway(Exception exception);
}
