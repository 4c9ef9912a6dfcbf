using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Widget.Api.Tests;

/// <summary>SignalR's JSON hub protocol over a bare WebSocket: what a browser that skips negotiation speaks.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private const char Separator = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _received = new();

    /// <summary>A program's connection, which can send headers.</summary>
    public static async Task<HubClient> ConnectAsync(ApiNode node, string path, string apiKey, CancellationToken ct)
    {
        var client = new HubClient();
        client._socket.Options.SetRequestHeader("Authorization", $"Bearer {apiKey}");
        await client._socket.ConnectAsync(new UriBuilder(node.Address) { Scheme = "ws", Path = path }.Uri, ct);
        await client.SendAsync(new { protocol = "json", version = 1 });
        (await client.ReceiveAsync()).EnumerateObject().ShouldBeEmpty();
        return client;
    }

    public static async Task<HubClient> ConnectAsync(ApiNode node, string token, string? origin = null)
    {
        var client = new HubClient();
        if (origin is not null) client._socket.Options.SetRequestHeader("Origin", origin);
        var address = new UriBuilder(node.Address) { Scheme = "ws", Path = "/hubs/conversation", Query = $"access_token={Uri.EscapeDataString(token)}" }.Uri;
        await client._socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        await client.SendAsync(new { protocol = "json", version = 1 });
        (await client.ReceiveAsync()).EnumerateObject().ShouldBeEmpty();
        return client;
    }

    /// <summary>Starts a streaming invocation under the given id.</summary>
    public Task StreamAsync(string id, string method, params object[] arguments) =>
        SendAsync(new { type = 4, invocationId = id, target = method, arguments });

    /// <summary>Starts a streaming invocation that takes a stream of ours, too.</summary>
    public Task StreamWithAsync(string id, string method, string stream, params object[] arguments) =>
        SendAsync(new { type = 4, invocationId = id, target = method, arguments, streamIds = new[] { stream } });

    /// <summary>An item of a stream of ours.</summary>
    public Task StreamItemAsync(string stream, object item) => SendAsync(new { type = 2, invocationId = stream, item });

    public Task InvokeAsync(string id, string method, params object[] arguments) =>
        SendAsync(new { type = 1, invocationId = id, target = method, arguments });

    /// <summary>Items of a stream until it completes; throws what the server says when it ends in an error.</summary>
    public async IAsyncEnumerable<T> ItemsAsync<T>(string id)
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if (!message.TryGetProperty("invocationId", out var of) || of.GetString() != id) continue;
            if (message.GetProperty("type").GetInt32() == 2)
            {
                yield return message.GetProperty("item").Deserialize<T>(TestTenant.Json)!;
                continue;
            }

            if (message.TryGetProperty("error", out var error)) throw new InvalidOperationException(error.GetString());
            yield break;
        }
    }

    /// <summary>What an invocation returns.</summary>
    public async Task<T> ResultAsync<T>(string id)
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if (!message.TryGetProperty("invocationId", out var of) || of.GetString() != id || message.GetProperty("type").GetInt32() != 3)
                continue;
            if (message.TryGetProperty("error", out var error)) throw new InvalidOperationException(error.GetString());
            return message.GetProperty("result").Deserialize<T>(TestTenant.Json)!;
        }
    }

    /// <summary>What the server says as it ends the connection.</summary>
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
