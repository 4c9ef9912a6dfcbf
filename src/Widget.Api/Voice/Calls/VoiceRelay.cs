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
/// Calls whose provider has no line for us: the visitor's page passes the data channel's messages on, in both directions, without reading them. The node
/// that the page is connected to holds the call while it is. What comes this way is an untrusted client's: it can only do what the visitor could do anyhow.
/// </summary>
public sealed class VoiceRelay(TenantDatabase database, VoiceHolder holder, VoiceBackstage backstage, VoiceBus bus, VoiceTimings timings, TimeProvider clock)
{
    private const int LargestMessage = 64 * 1024;
    private const int MostWaiting = 256;

    /// <summary>Follows a call for as long as the page is connected.</summary>
    /// <param name="tenant">The visitor's.</param>
    /// <param name="visitor">Whose call it must be.</param>
    /// <param name="id">Which.</param>
    /// <param name="messages">What the provider says to the page.</param>
    /// <param name="ct">The page is gone.</param>
    /// <returns>What the page is to say to the provider; null when there is no such call to be relayed.</returns>
    public async Task<IAsyncEnumerable<string>?> FollowAsync(TenantId tenant, VisitorId visitor, VoiceCallId id, IAsyncEnumerable<string> messages, CancellationToken ct)
    {
        VoiceCall? call;
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            call = await db.LockAsync(id, ct);
            if (call is null || call.VisitorId != visitor || call is not { Protocol: VoiceProtocol.SelfHosted, State: VoiceSessionState.Live }) return null;
            // The page is here now, wherever it was before.
            (call.LeaseOwner, call.LeaseUntil) = (holder.Node, clock.GetUtcNow() + timings.Lease);
            await db.CommitAsync(ct);
        }

        return RunAsync(call, messages, ct);
    }

    private async IAsyncEnumerable<string> RunAsync(VoiceCall call, IAsyncEnumerable<string> messages, [EnumeratorCancellation] CancellationToken ct)
    {
        var outgoing = Channel.CreateBounded<string>(MostWaiting);
        var holding = HoldAsync(call, new PagesLine(messages, outgoing.Writer), outgoing.Writer, ct);
        try
        {
            await foreach (var message in outgoing.Reader.ReadAllAsync(CancellationToken.None)) yield return message;
        }
        finally
        {
            await holding;
        }
    }

    private async Task HoldAsync(VoiceCall call, IVoiceLine line, ChannelWriter<string> outgoing, CancellationToken ct)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var held = new HeldCall(call, backstage, clock, stage => new RealtimeDialogue(call.Plan, timings, RealtimeSession.Of(call.Plan, call.Model), isRelayed: true, stage));
        using var commands = bus.Hold(call.Id, command => holder.Take(call, held, command));
        var renewing = holder.RenewAsync(call, held, lost);
        try
        {
            await holder.BeginAsync(call, held, lost.Token);
            await held.RunAsync(line, lost.Token);
        }
        catch (OperationCanceledException)
        {
            // The page is gone, or another node has it.
        }
        catch (Exception e)
        {
            // Tells the page that the connection has ended, so that it reconnects.
            backstage.Fault(call, e);
        }
        finally
        {
            await lost.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            outgoing.TryComplete();
        }

        if (held.Ending is { } reason) await holder.EndAsync(call, held, reason, hangUp: null);
        else
        {
            await held.CloseAsync(CancellationToken.None);
            // It may come back; until then it is looked at now and then.
            await holder.ReleaseAsync(call.TenantId, call.Id, TimeSpan.FromSeconds(1), held);
        }
    }

    private sealed class PagesLine(IAsyncEnumerable<string> messages, ChannelWriter<string> outgoing) : IVoiceLine
    {
        public ValueTask SendAsync(JsonObject message, CancellationToken ct) => outgoing.WriteAsync(message.ToJsonString(), ct);

        public async IAsyncEnumerable<JsonElement> ReadAsync([EnumeratorCancellation] CancellationToken ct)
        {
            await foreach (var text in messages.WithCancellation(ct))
            {
                if (text.Length > LargestMessage) continue;
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
