using System.Text.Json;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Widget.Contracts;

namespace Widget.Benchmarks.Rooms;

/// <summary>A page in a room, without a picture.</summary>
internal sealed class BenchmarkPage : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly SemaphoreSlim _changed = new(0);
    private readonly List<string> _texts = [];
    private readonly HashSet<Guid> _others = [];
    private int _signals;

    private BenchmarkPage(HubConnection connection) => _connection = connection;

    public Guid Id { get; private set; }

    /// <summary>Everything that the page got, as text.</summary>
    public string Received
    {
        get
        {
            lock (_texts) return string.Join('\n', _texts);
        }
    }

    public static async Task<BenchmarkPage> ConnectAsync(Uri node)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(node, "/hubs/rooms"), options =>
            {
                options.SkipNegotiation = true;
                options.Transports = HttpTransportType.WebSockets;
            })
            .Build();
        await connection.StartAsync();
        return new BenchmarkPage(connection);
    }

    public async Task JoinAsync(string token, string name)
    {
        var request = new { token, name, instance = Guid.NewGuid().ToString("N"), microphone = true, camera = true };
        var stream = await _connection.StreamAsChannelAsync<JsonElement>("Join", request);
        await stream.WaitToReadAsync();
        stream.TryRead(out var first);
        Id = first.GetProperty("joined").GetProperty("participantId").GetGuid();
        _ = ReadAsync(stream);
    }

    public Task SignalAsync(Guid to, string sdp) =>
        _connection.InvokeAsync<RoomSignalResult>("Signal", new { to, description = new { type = "offer", sdp } });

    public Task ChatAsync(string text) => _connection.InvokeAsync<ChatMessageResult>("Chat", new { messageId = Guid.NewGuid(), text });

    public Task SeesAsync(Guid other) => UntilAsync(() => _others.Contains(other));

    public Task SignalsAsync(int count) => UntilAsync(() => _signals >= count);

    public Task ReadsAsync(string text) => UntilAsync(() => _texts.Any(entry => entry.Contains(text, StringComparison.Ordinal)));

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            lock (_texts)
                if (condition()) return;
            if (!await _changed.WaitAsync(TimeSpan.FromSeconds(30)))
                throw new TimeoutException("A message did not arrive within 30 seconds.");
        }
    }

    private async Task ReadAsync(System.Threading.Channels.ChannelReader<JsonElement> stream)
    {
        try
        {
            await foreach (var update in stream.ReadAllAsync())
            {
                lock (_texts)
                {
                    _texts.Add(update.GetRawText());
                    if (update.TryGetProperty("signal", out _)) _signals++;
                    if (update.TryGetProperty("event", out var entry) && entry.TryGetProperty("participant", out var participant))
                        _others.Add(participant.GetProperty("id").GetGuid());
                }

                _changed.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The page was closed.
        }
    }
}
