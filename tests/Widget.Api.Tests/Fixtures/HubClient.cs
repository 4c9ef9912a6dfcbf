using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Widget.Api.Tests.Fixtures;

/// <summary>
/// A hub connection of SignalR's own client, over a WebSocket without negotiation, as the widget opens it. Invocations have names so that a
/// test can start several and read them in any order.
/// </summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly Dictionary<string, ChannelReader<JsonElement>> _streams = [];
    private readonly Dictionary<string, Task<JsonElement>> _results = [];
    private readonly Dictionary<string, Channel<object>> _uploads = [];

    private HubClient(HubConnection connection) => _connection = connection;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A program's connection, which can send headers.</summary>
    public static Task<HubClient> ConnectAsync(ApiNode node, string path, string apiKey, CancellationToken ct) =>
        ConnectAsync(new Uri(node.Address, path), ("Authorization", $"Bearer {apiKey}"), ct);

    /// <summary>A page's connection, whose token is in the query.</summary>
    public static Task<HubClient> ConnectAsync(ApiNode node, string token, string? origin = null) => ConnectAsync(
        new Uri(node.Address, $"/hubs/conversation?access_token={Uri.EscapeDataString(token)}"),
        origin is null ? null : ("Origin", origin),
        Ct);

    /// <summary>Starts a streaming invocation.</summary>
    public async Task StreamAsync(string name, string method, params object[] arguments) =>
        _streams[name] = await _connection.StreamAsChannelCoreAsync<JsonElement>(method, arguments, Ct);

    /// <summary>Starts a streaming invocation to which the test sends a stream.</summary>
    public Task StreamWithAsync(string name, string method, string upload, params object[] arguments)
    {
        _uploads[upload] = Channel.CreateUnbounded<object>();
        return StreamAsync(name, method, [.. arguments, _uploads[upload].Reader]);
    }

    /// <summary>Sends an item of a stream.</summary>
    public ValueTask StreamItemAsync(string upload, object item) => _uploads[upload].Writer.WriteAsync(item, Ct);

    public Task InvokeAsync(string name, string method, params object[] arguments)
    {
        _results[name] = _connection.InvokeCoreAsync<JsonElement>(method, arguments, Ct);
        return Task.CompletedTask;
    }

    /// <summary>Items of a stream until it completes.</summary>
    /// <exception cref="InvalidOperationException">The stream ended in an error; the message is the server's.</exception>
    public async IAsyncEnumerable<T> ItemsAsync<T>(string name)
    {
        var reader = _streams[name];
        while (await ServersWordsAsync(reader.WaitToReadAsync(Ct).AsTask()))
            while (reader.TryRead(out var item)) yield return item.Deserialize<T>(TestTenant.Json)!;
    }

    /// <summary>The result of an invocation.</summary>
    /// <exception cref="InvalidOperationException">It ended in an error; the message is the server's.</exception>
    public async Task<T> ResultAsync<T>(string name) => (await ServersWordsAsync(_results[name])).Deserialize<T>(TestTenant.Json)!;

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<HubClient> ConnectAsync(Uri address, (string Name, string Value)? header, CancellationToken ct)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(address, options =>
            {
                options.SkipNegotiation = true;
                options.Transports = HttpTransportType.WebSockets;
                if (header is { } given) options.Headers[given.Name] = given.Value;
            })
            .Build();
        try
        {
            await connection.StartAsync(ct);
            return new HubClient(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<T> ServersWordsAsync<T>(Task<T> task)
    {
        try
        {
            return await task;
        }
        catch (HubException e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}
