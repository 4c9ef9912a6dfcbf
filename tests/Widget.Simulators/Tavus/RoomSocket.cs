using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Widget.Simulators.Tavus;

/// <summary>
/// A browser's connection to a room, in JSON text messages. The browser sends <c>{"type":"join","token":…}</c> and receives <c>joined</c>
/// (with <c>participant</c>, <c>greenScreen</c>) or <c>refused</c> (with <c>reason</c>, as Daily words it); then <c>replica</c> (with
/// <c>userId</c>) when the avatar joins, <c>message</c> (with <c>data</c>, an app-message) in both directions, and <c>ended</c> (with
/// <c>reason</c>) before the room closes the connection. To leave, the browser closes it.
/// </summary>
internal sealed class RoomSocket(WebSocket socket, SimulatedConversation? call, RoomSockets sockets)
{
    // The largest app-message that Daily accepts.
    private const int MaxMessageBytes = 4096 * 16;

    private readonly Channel<JsonObject> _outbox = Channel.CreateUnbounded<JsonObject>();
    private readonly string _participant = Guid.NewGuid().ToString();

    public async Task RunAsync(CancellationToken ct)
    {
        var sending = SendAsync(ct);
        try
        {
            if (await ReceiveAsync(ct) is not { } first || TypeOf(first) != "join") return;
            var token = first.TryGetProperty("token", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
            if (call is null) Refuse("no-room");
            else if (!call.IsActive) Refuse("exp-room");
            else await StayAsync(call, token, ct);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The browser disconnected without a close message.
        }
        finally
        {
            _outbox.Writer.TryComplete();
            await sending;
        }
    }

    private async Task StayAsync(SimulatedConversation conversation, string? token, CancellationToken ct)
    {
        if (conversation.IsPrivate && token != conversation.MeetingToken)
        {
            Refuse("not-allowed");
            return;
        }

        // Watch before joining so that nothing is missed, and send joined before watching so that it comes first.
        Tell(
            new JsonObject
            {
                ["type"] = "joined",
                ["participant"] = _participant,
                ["greenScreen"] = conversation.PropertyFlag("apply_greenscreen"),
            });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = WatchAsync(conversation, leaving.Token);
        sockets.Add(conversation.Id, socket);
        try
        {
            if (!conversation.ParticipantJoined(_participant, token)) return;
            while (await ReceiveAsync(ct) is { } message)
                if (TypeOf(message) == "message" && message.TryGetProperty("data", out var data)) conversation.Received(data);
        }
        finally
        {
            sockets.Remove(socket);
            conversation.ParticipantLeft(_participant);
            await leaving.CancelAsync();
            await watching;
        }
    }

    private async Task WatchAsync(SimulatedConversation conversation, CancellationToken ct)
    {
        try
        {
            await foreach (var happened in conversation.WatchAsync(ct)) Tell(Describe(conversation, happened));
            // The room is closing.
            _outbox.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            // The browser has left.
        }
    }

    private static JsonObject Describe(SimulatedConversation conversation, RoomEvent happened) => happened.Kind switch
    {
        RoomEventKind.ReplicaJoined => new JsonObject { ["type"] = "replica", ["userId"] = $"tavus-replica-{conversation.ReplicaId}" },
        RoomEventKind.Ended => new JsonObject { ["type"] = "ended", ["reason"] = happened.Reason },
        _ => new JsonObject { ["type"] = "message", ["data"] = JsonNode.Parse(happened.Message!.Value.GetRawText()) },
    };

    private void Refuse(string reason) => Tell(new JsonObject { ["type"] = "refused", ["reason"] = reason });

    private void Tell(JsonObject message) => _outbox.Writer.TryWrite(message);

    private async Task SendAsync(CancellationToken ct)
    {
        try
        {
            await foreach (var message in _outbox.Reader.ReadAllAsync(ct))
                await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, ct);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The browser is gone.
        }
    }

    /// <summary>The next message; null when the browser closed the connection.</summary>
    private async Task<JsonElement?> ReceiveAsync(CancellationToken ct)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (part.MessageType != WebSocketMessageType.Text) return null;
            whole.Write(buffer, 0, part.Count);
            if (whole.Length > MaxMessageBytes) throw new WebSocketException("The message is larger than a room lets through.");
            if (part.EndOfMessage) break;
        }

        using var document = JsonDocument.Parse(whole.ToArray());
        return document.RootElement.Clone();
    }

    private static string? TypeOf(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("type", out var type) ? type.GetString() : null;
}
