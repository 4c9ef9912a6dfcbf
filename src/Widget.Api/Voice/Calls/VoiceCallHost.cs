using System.Collections.Concurrent;
using Widget.Api.Voice.Dialogue;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Runs calls on this node: connects to the provider, runs the dialogue, and ends the call. Because of the lease, one node at a time runs a
/// call. If that node dies, another node connects to the provider and continues.
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

    /// <summary>Waits until all calls are released. Called when the node stops.</summary>
    internal Task StopAsync() => Task.WhenAll(_running.Values);

    /// <inheritdoc cref="VoiceCallSupervisor.EndAsync"/>
    internal Task EndAsync(VoiceCall call, ActiveVoiceCall? activeCall, VoiceEndReason reason, Func<Task>? hangUp) =>
        supervisor.EndAsync(call, activeCall, reason, hangUp);

    /// <inheritdoc cref="VoiceCallSupervisor.ReleaseAsync(TenantId, VoiceCallId, TimeSpan)"/>
    internal Task ReleaseAsync(TenantId tenant, VoiceCallId id, TimeSpan next) => supervisor.ReleaseAsync(tenant, id, next);

    private async Task RunAsync(TenantId tenant, VoiceCallId id, TaskCompletionSource ready)
    {
        try
        {
            if (await store.FindAsync(tenant, id, CancellationToken.None) is not { IsOver: false } call) return;
            if (await connector.FindAsync(call, CancellationToken.None) is not { } providerCall)
                await supervisor.EndAsync(call, activeCall: null, VoiceEndReason.Failed, hangUp: null);
            else if (call.State == VoiceSessionState.Live)
                await RunDialogueAsync(call, providerCall, ready);
            else
                await supervisor.EndAsync(call, activeCall: null, call.EndReason ?? VoiceEndReason.Failed, providerCall.HangUpAsync);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await supervisor.ReleaseAsync(tenant, id, TimeSpan.Zero);
        }
        catch (OperationCanceledException)
        {
            // Another node runs the call.
        }
        catch (Exception e)
        {
            // The call is claimed again: soon, or when its lease expires.
            logger.LogFault(e, id);
            await supervisor.ReleaseAsync(tenant, id, timings.EndRetryInterval);
        }
        finally
        {
            ready.TrySetResult();
        }
    }

    private async Task RunDialogueAsync(VoiceCall call, ProviderCall providerCall, TaskCompletionSource ready)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);
        using var activeCall = factory.Create(call, actions => call.Protocol == VoiceProtocol.GptLive
            ? new GptLiveDialogue(actions)
            : new RealtimeDialogue(call.Plan, timings, setup: null, isRelayed: false, actions));
        using var commands = bus.Subscribe(call.Id, command => supervisor.HandleCommand(call, activeCall, command));
        ready.TrySetResult();
        var renewing = supervisor.RenewAsync(call, activeCall, lost);
        VoiceEndReason reason;
        try
        {
            try
            {
                reason = await RunConnectedAsync(call, activeCall, providerCall, lost.Token);
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
            // Only this node knows the lines and the usage that are not saved yet. Save them for the next node.
            await activeCall.CloseAsync(lifetime.ApplicationStopping);
            await SaveUsageAsync(call, activeCall);
            throw;
        }

        await supervisor.EndAsync(call, activeCall, reason, providerCall.HangUpAsync);
    }

    // Runs the dialogue until the call must end, and reconnects when the connection breaks.
    private async Task<VoiceEndReason> RunConnectedAsync(
        VoiceCall call,
        ActiveVoiceCall activeCall,
        ProviderCall providerCall,
        CancellationToken lost)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            IVoiceConnection? connection;
            try
            {
                connection = await providerCall.AttachAsync(lost);
            }
            catch (VoiceProviderException e)
            {
                LogDisconnected(e, call.Id);
                return activeCall.EndReason ?? await EndReasonAsync(call, lost);
            }

            await using (connection)
            {
                if (isFirst) await supervisor.StartDialogueAsync(call, activeCall, lost);
                await activeCall.RunAsync(connection!, lost);
            }

            if (activeCall.EndReason is { } reason) return reason;
        }
    }

    // The call is over at the provider. Often the page has ended it and its request is on the way, so wait for it briefly.
    private async Task<VoiceEndReason> EndReasonAsync(VoiceCall call, CancellationToken ct)
    {
        if (await RequestedAsync() is { } requested) return requested;
        await Task.Delay(timings.EndRequestGrace, clock, ct);
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

    private async Task SaveUsageAsync(VoiceCall call, ActiveVoiceCall activeCall)
    {
        try
        {
            await store.ChangeAsync(call, row => row.Usage = VoiceCallStore.MergeUsage(row.Usage, activeCall.Usage));
        }
        catch (Exception e)
        {
            logger.LogFault(e, call.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Voice call {Call} can't be reached at its provider any more")]
    private partial void LogDisconnected(Exception exception, VoiceCallId call);
}
