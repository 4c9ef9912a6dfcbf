using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Rooms;

/// <summary>A page in a room: it joins over the hub and keeps everything it gets.</summary>
internal sealed class RoomClient : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly Lock _lock = new();
    private readonly List<RoomUpdate> _updates = [];
    private Task _reading = Task.CompletedTask;

    private RoomClient(HubConnection connection) => _connection = connection;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Guid Id { get; private set; }

    public string Token { get; private set; } = "";

    public RoomState First { get; private set; } = null!;

    public IReadOnlyList<RoomUpdate> Updates
    {
        get
        {
            lock (_lock) return [.. _updates];
        }
    }

    public IReadOnlyList<RoomEvent> Events => [.. Updates.Select(update => update.Event).OfType<RoomEvent>()];

    public IReadOnlyList<RoomSignal> Signals => [.. Updates.Select(update => update.Signal).OfType<RoomSignal>()];

    public RoomClosed? Closed => Updates.Select(update => update.Closed).OfType<RoomClosed>().LastOrDefault();

    /// <summary>Connects without joining.</summary>
    public static async Task<RoomClient> ConnectAsync(ApiNode node)
    {
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(node.Address, "/hubs/rooms"), options =>
            {
                options.SkipNegotiation = true;
                options.Transports = HttpTransportType.WebSockets;
            })
            .Build();
        await connection.StartAsync(Ct);
        return new RoomClient(connection);
    }

    /// <summary>Joins and waits until the server has answered.</summary>
    public static async Task<RoomClient> JoinAsync(
        ApiNode node,
        string token,
        string? name = null,
        string? instance = null,
        int after = 0)
    {
        var client = await ConnectAsync(node);
        await client.JoinAsync(token, name, instance, after);
        return client;
    }

    public async Task JoinAsync(string token, string? name = null, string? instance = null, int after = 0)
    {
        var request = new { token, name, after, instance = instance ?? $"page-{Guid.NewGuid():N}", microphone = true, camera = true };
        var stream = await _connection.StreamAsChannelAsync<JsonElement>("Join", request, Ct);
        // Throws the server's error, if there is one.
        await stream.WaitToReadAsync(Ct);
        stream.TryRead(out var item).ShouldBeTrue();
        var first = Read(item);
        (Id, Token, First) = (first.Joined!.ParticipantId, first.Joined.Token, first.Joined.Room);
        _reading = ReadAsync(stream);
    }

    public Task<T> CallAsync<T>(string method, params object?[] arguments) => _connection.InvokeCoreAsync<T>(method, arguments, Ct);

    public Task CallAsync(string method, params object?[] arguments) => _connection.InvokeCoreAsync(method, arguments, Ct);

    public Task<RoomSignalResult> SignalAsync(Guid to, string text) =>
        CallAsync<RoomSignalResult>("Signal", new { to, description = new { type = "offer", sdp = text } });

    /// <summary>Waits until the client has got an event.</summary>
    public async Task<RoomEvent> EventAsync(Func<RoomEvent, bool> which, string what)
    {
        await Eventually.TrueAsync(() => Task.FromResult(Events.Any(which)), what);
        return Events.Last(which);
    }

    public Task<RoomEvent> EventAsync(string kind, Guid participant) =>
        EventAsync(entry => entry.Kind == kind && entry.Participant?.Id == participant, $"the event {kind} arrives");

    public Task SignalsAsync(int count) =>
        Eventually.TrueAsync(() => Task.FromResult(Signals.Count >= count), $"{count} signals arrive");

    public async Task<RoomClosed> ClosedAsync()
    {
        await Eventually.TrueAsync(() => Task.FromResult(Closed is not null), "the server closes the room");
        return Closed!;
    }

    /// <summary>The state by the events, as a page computes it.</summary>
    public RoomParticipant? Find(Guid participant) => First.Participants.Concat(
            Events.OrderBy(entry => entry.Seq).Select(entry => entry.Participant).OfType<RoomParticipant>())
        .LastOrDefault(entry => entry.Id == participant);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _reading;
    }

    private static RoomUpdate Read(JsonElement update) => update.Deserialize<RoomUpdate>(TestTenant.Json)!;

    private async Task ReadAsync(ChannelReader<JsonElement> stream)
    {
        try
        {
            await foreach (var update in stream.ReadAllAsync(Ct))
                lock (_lock) _updates.Add(Read(update));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException)
        {
            // The connection was lost, as the test wanted.
        }
    }
}
