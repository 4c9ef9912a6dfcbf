using System.Collections.Concurrent;
using Widget.Api.Voice.Dialogue;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Runs calls on this node: connects to the provider, runs the dialogue, and ends the call. A lease makes sure that one node runs a call at
/// a time. If that node dies, another node connects to the provider and continues.
/// </summary>
public sealed partial class VoiceCallHost(
    VoiceCallStore store,
    VoiceCallConnector connector,
    VoiceCallSupervisor supervisor,
    ActiveVoiceCallFactory factory,
    VoiceBus bus,
    VoiceTimings timings,
    TimeProvider clock,
    IHostApplicationLifetime lifetime,
    ILogger<VoiceCallHost> logger)
{
    private readonly ConcurrentDictionary<VoiceCallId, Task> _running = [];

    /// <summary>Identifies this node in leases.</summary>
    internal Guid Node => store.Node;

    /// <summary>Runs a call whose lease this node has, until the call is over or the node stops.</summary>
    /// <returns>Completes when the call accepts commands.</returns>
    internal Task Start(TenantId tenant, VoiceCallId id)
    {
        // If the database was unavailable and the lease expired, this node keeps the call until another node claims it.
        if (_running.ContainsKey(id)) return Task.CompletedTask;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = RunAsync(tenant, id, ready);
        _running[id] = running;
        _ = running.ContinueWith(
            _ => _running.TryRemove(KeyValuePair.Create(id, running)),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return ready.Task;
    }

    /// <summary>Waits until all calls are released; for a node that stops.</summary>
    internal Task StopAsync() => Task.WhenAll(_running.Values);

    /// <inheritdoc cref="VoiceCallSupervisor.EndAsync"/>
    internal Task EndAsync(VoiceCall call, ActiveVoiceCall? held, VoiceEndReason reason, Func<Task>? hangUp) =>
        supervisor.EndAsync(call, held, reason, hangUp);

    /// <inheritdoc cref="VoiceCallSupervisor.ReleaseAsync"/>
    internal Task ReleaseAsync(TenantId tenant, VoiceCallId id, TimeSpan next) => supervisor.ReleaseAsync(tenant, id, next);

    private async Task RunAsync(TenantId tenant, VoiceCallId id, TaskCompletionSource ready)
    {
        try
        {
            if (await store.FindAsync(tenant, id, CancellationToken.None) is not { IsOver: false } call) return;
            if (await connector.FindAsync(call, CancellationToken.None) is not { } atProvider)
                await supervisor.EndAsync(call, held: null, VoiceEndReason.Failed, hangUp: null);
            else if (call.State == VoiceSessionState.Live)
                await TalkAsync(call, atProvider, ready);
            else
                await supervisor.EndAsync(call, held: null, call.EndReason ?? VoiceEndReason.Failed, atProvider.HangUpAsync);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await supervisor.ReleaseAsync(tenant, id, TimeSpan.Zero);
        }
        catch (OperationCanceledException)
        {
            // Another node has the call.
        }
        catch (Exception e)
        {
            // The call is claimed again: soon, or when its lease expires.
            logger.LogFault(e, id);
            await supervisor.ReleaseAsync(tenant, id, timings.RetryingEnd);
        }
        finally
        {
            ready.TrySetResult();
        }
    }

    private async Task TalkAsync(VoiceCall call, ProviderCall atProvider, TaskCompletionSource ready)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        using var held = factory.Create(call, actions => call.Protocol == VoiceProtocol.GptLive
            ? new GptLiveDialogue(actions)
            : new RealtimeDialogue(call.Plan, timings, setup: null, isRelayed: false, actions));
        using var commands = bus.Hold(call.Id, command => supervisor.Take(call, held, command));
        ready.TrySetResult();
        var renewing = supervisor.RenewAsync(call, held, lost);
        VoiceEndReason reason;
        try
        {
            try
            {
                reason = await ConverseAsync(call, held, atProvider, lost.Token);
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

        await supervisor.EndAsync(call, held, reason, atProvider.HangUpAsync);
    }

    // Runs the dialogue until the call must end, and reconnects when the connection breaks.
    private async Task<VoiceEndReason> ConverseAsync(VoiceCall call, ActiveVoiceCall held, ProviderCall atProvider, CancellationToken lost)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            IVoiceConnection? connection;
            try
            {
                connection = await atProvider.AttachAsync(lost);
            }
            catch (VoiceProviderException e)
            {
                LogDisconnected(e, call.Id);
                return held.EndReason ?? await EndReasonAsync(call, lost);
            }

            await using (connection)
            {
                if (isFirst) await supervisor.BeginAsync(call, held, lost);
                await held.RunAsync(connection!, lost);
            }

            if (held.EndReason is { } reason) return reason;
        }
    }

    // The call is over at the provider. Often the page has ended it and its request is on the way, so wait for it briefly.
    private async Task<VoiceEndReason> EndReasonAsync(VoiceCall call, CancellationToken ct)
    {
        if (await RequestedAsync() is { } requested) return requested;
        await Task.Delay(timings.LastWord, clock, ct);
        return await RequestedAsync() ?? VoiceEndReason.Provider;

        async Task<VoiceEndReason?> RequestedAsync()
        {
            try
            {
                return (await store.FindAsync(call.TenantId, call.Id, CancellationToken.None))?.EndReason;
            }
            catch (Exception e)
            {
                // If the row has an end reason, saving the end keeps it.
                logger.LogFault(e, call.Id);
                return null;
            }
        }
    }

    private async Task SaveUsageAsync(VoiceCall call, ActiveVoiceCall held)
    {
        try
        {
            await store.ChangeAsync(call, row => row.Usage = VoiceCallStore.Larger(row.Usage, held.Usage));
        }
        catch (Exception e)
        {
            logger.LogFault(e, call.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Voice call {Call} can't be reached at its provider any more")]
    private partial void LogDisconnected(Exception exception, VoiceCallId call);
}
