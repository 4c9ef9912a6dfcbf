using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Widget.Api.Conversations;
using Widget.Api.Voice.Dialogue;
using Widget.Api.Voice.Providers;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;

namespace Widget.Api.Voice.Calls;

/// <summary>
/// Runs calls whose provider offers no server-side connection. The visitor's page relays the messages of the WebRTC data channel in both
/// directions. The node that the page is connected to runs the call. These messages are untrusted: a page can send anything, so they can
/// only do what the visitor may do.
/// </summary>
public sealed class DataChannelRelay(
    TenantDatabase database,
    VoiceCallSupervisor supervisor,
    ActiveVoiceCallFactory factory,
    VoiceBus bus,
    VoiceTimings timings,
    TimeProvider clock,
    ILogger<DataChannelRelay> logger)
{
    private const int MaxMessageBytes = 64 * 1024;
    private const int MaxQueued = 256;

    /// <summary>Runs a call as long as its page is connected.</summary>
    /// <param name="tenant">The visitor's tenant.</param>
    /// <param name="visitor">Who must own the call.</param>
    /// <param name="id">The call.</param>
    /// <param name="messages">Messages from the provider, as the page relays them.</param>
    /// <param name="ct">Cancelled when the page disconnects.</param>
    /// <returns>Messages for the page to send to the provider; null when the visitor has no such call, or it is not relayed.</returns>
    public async Task<IAsyncEnumerable<string>?> FollowAsync(
        TenantId tenant,
        VisitorId visitor,
        VoiceCallId id,
        IAsyncEnumerable<string> messages,
        CancellationToken ct)
    {
        VoiceCall? call;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            call = await db.LockAsync(id, ct);
            if (call is null || call.VisitorId != visitor) return null;
            if (call is not { Protocol: VoiceProtocol.SelfHosted, State: VoiceSessionState.Live }) return null;
            // The page may have been connected before, to this node or another. Each connection has its own lease, so neither the end of an
            // earlier connection nor a check that is already running can release it.
            (call.LeaseOwner, call.LeaseUntil) = (Guid.CreateVersion7(), clock.GetUtcNow() + timings.Lease);
            await db.CommitAsync(ct);
        }

        return RelayAsync(call, messages, ct);
    }

    private async IAsyncEnumerable<string> RelayAsync(
        VoiceCall call,
        IAsyncEnumerable<string> messages,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var outgoing = Channel.CreateBounded<string>(MaxQueued);
        var running = RunAsync(call, new RelayedConnection(messages, outgoing.Writer), outgoing.Writer, ct);
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync(CancellationToken.None)) yield return message;
        }
        finally
        {
            await running;
        }
    }

    private async Task RunAsync(VoiceCall call, IVoiceConnection connection, ChannelWriter<string> outgoing, CancellationToken ct)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var setup = RealtimeSession.Of(call.Plan, call.Model);
        using var activeCall = factory.Create(call, actions => new RealtimeDialogue(call.Plan, timings, setup, isRelayed: true, actions));
        using var commands = bus.Subscribe(call.Id, command => supervisor.HandleCommand(call, activeCall, command));
        var renewing = supervisor.RenewAsync(call, activeCall, lost);
        try
        {
            await supervisor.StartDialogueAsync(call, activeCall, lost.Token);
            await activeCall.RunAsync(connection, lost.Token);
        }
        catch (OperationCanceledException)
        {
            // The page has disconnected, or another node runs the call.
        }
        catch (Exception e)
        {
            // Ending the stream makes the page reconnect.
            logger.LogUnexpected(SanitizedException.From(e), call.Id);
        }
        finally
        {
            await lost.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            outgoing.TryComplete();
        }

        if (activeCall.EndReason is { } reason)
        {
            await supervisor.EndAsync(call, activeCall, reason, hangUp: null);
        }
        else
        {
            await activeCall.CloseAsync(CancellationToken.None);
            // The page may reconnect. Until then, the call is checked regularly.
            await supervisor.ReleaseAsync(call, TimeSpan.FromSeconds(1), activeCall);
        }
    }

    private sealed class RelayedConnection(IAsyncEnumerable<string> messages, ChannelWriter<string> outgoing) : IVoiceConnection
    {
        public ValueTask SendAsync(JsonObject message, CancellationToken ct) => outgoing.WriteAsync(message.ToJsonString(), ct);

        public async IAsyncEnumerable<JsonElement> ReadAsync([EnumeratorCancellation] CancellationToken ct)
        {
            await foreach (var text in messages.WithCancellation(ct))
            {
                if (text.Length > MaxMessageBytes) continue;
                JsonElement message;
                try
                {
                    using var document = StorableJson.Parse(text);
                    message = document.RootElement.Clone();
                }
                catch (JsonException)
                {
                    continue;
                }

                yield return message;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
