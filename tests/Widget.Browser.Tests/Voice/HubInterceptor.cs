using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.Voice;

/// <summary>
/// Intercepts the hub's WebSocket (SignalR's JSON protocol: records end with U+001E; 2 is a stream item, 4 starts a stream), so that a test
/// can send messages in the server's name besides the server's own.
/// </summary>
internal sealed class HubInterceptor
{
    private const char End = '\u001e';

    private IWebSocketRoute? _socket;
    private string? _watch;
    private string? _relay;
    private string? _relayed;

    /// <summary>What the page relayed from its data channel.</summary>
    public List<string> Relayed { get; } = [];

    public bool Relaying => _relay is not null;

    public void Join(IWebSocketRoute socket)
    {
        var server = socket.ConnectToServer();
        _socket = socket;
        server.OnMessage(frame => socket.Send(frame.Text ?? ""));
        socket.OnMessage(frame =>
        {
            foreach (var record in (frame.Text ?? "").Split(End, StringSplitOptions.RemoveEmptyEntries))
                if (!Heard(JsonNode.Parse(record)!)) server.Send(record + End);
        });
    }

    /// <summary>Sends the visitor's page an update.</summary>
    public void Tell(object update) => Send(_watch, update);

    /// <summary>Sends the page a message for its data channel.</summary>
    public void Relay(string message) => Send(_relay, message);

    private void Send(string? stream, object item) =>
        _socket!.Send(
            JsonSerializer.Serialize(
                new { type = 2, invocationId = stream ?? throw new InvalidOperationException("There is no such stream."), item }) + End);

    /// <summary>Records what the page starts. Returns whether the message is not for the server.</summary>
    private bool Heard(JsonNode record)
    {
        var (type, target, id) = ((int?)record["type"], (string?)record["target"], (string?)record["invocationId"]);
        if (type == 4 && target == "Watch") _watch = id;
        if (type == 4 && target == "RelayVoice")
        {
            (_relay, _relayed) = (id, (string?)record["streamIds"]![0]);
            return true;
        }

        if (_relayed is null || id != _relayed) return id is not null && id == _relay;
        if (type == 2) Relayed.Add((string)record["item"]!);
        return true;
    }
}
