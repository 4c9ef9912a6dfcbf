using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Widget.Api.Tests.Fixtures;

/// <summary>SignalR's JSON hub protocol over a bare WebSocket, as a browser that skips negotiation speaks it.</summary>
internal sealed class RawHubClient : IAsyncDisposable
{
    private const char Separator = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _received = new();

    public static async Task<RawHubClient> ConnectAsync(ApiNode node, string token, string? origin = null)
    {
        var client = new RawHubClient();
        if (origin is not null) client._socket.Options.SetRequestHeader("Origin", origin);
        var address = new UriBuilder(node.Address)
        {
            Scheme = "ws",
            Path = "/hubs/conversation",
            Query = $"access_token={Uri.EscapeDataString(token)}",
        }.Uri;
        await client._socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        await client.SendAsync(new { protocol = "json", version = 1 });
        (await client.ReceiveAsync()).EnumerateObject().ShouldBeEmpty();
        return client;
    }

    /// <summary>Starts a streaming invocation under the given id.</summary>
    public Task StreamAsync(string id, string method, params object[] arguments) =>
        SendAsync(new { type = 4, invocationId = id, target = method, arguments });

    /// <summary>The error with which the server ends the connection.</summary>
    public async Task<string> CloseReasonAsync()
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if (message.TryGetProperty("type", out var type) && type.GetInt32() == 7) return message.GetProperty("error").GetString()!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        await ValueTask.CompletedTask;
    }

    private Task SendAsync(object message) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(message, TestTenant.Json) + Separator),
        WebSocketMessageType.Text,
        endOfMessage: true,
        TestContext.Current.CancellationToken);

    private async Task<JsonElement> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        int end;
        while ((end = _received.ToString().IndexOf(Separator)) < 0)
        {
            var read = await _socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            if (read.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException("The server closed the connection.");
            _received.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
        }

        var text = _received.ToString(0, end);
        _received.Remove(0, end + 1);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
