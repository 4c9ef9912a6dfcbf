using System.ComponentModel;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Widget.Simulators.Speech;

namespace Widget.Simulators.Tavus;

/// <summary>
/// The simulated rooms as browsers reach them, in place of Daily's. <c>/tavus/rooms/{id}</c> is the page that a frame shows.
/// <c>/tavus/rooms/{id}/socket</c> is the connection of that page and of the tests' replacement for Daily's client (see <see
/// cref="RoomSocket"/>).
/// </summary>
internal static class RoomEndpoints
{
    private const int MaxSpeechLength = 4000;

    // Tavus's names of languages, and the voices of espeak-ng.
    private static readonly Dictionary<string, string> Languages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["german"] = "de",
        ["spanish"] = "es",
        ["arabic"] = "ar",
        ["french"] = "fr",
    };

    public static void MapRooms(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tavus/rooms/{id}", (string id, TavusRooms rooms) =>
            rooms.Find(id) is null ? Results.NotFound() : RoomPage.Html);
        routes.MapGet("/tavus/rooms/{name}.js", (string name) => RoomPage.Script(name));
        routes.MapGet("/tavus/rooms/{id}/speech", SpeakAsync);
        routes.Map("/tavus/rooms/{id}/socket", JoinAsync);

        var control = routes.MapGroup("/control/tavus/rooms/{id}");
        control.MapPost("/hear", HearAsync);
        control.MapPost(
            "/send",
            (string id, SendRequest send, TavusRooms rooms) => rooms.Find(id)?.Send(send.EventType, send.Properties, send.InferenceId));
        control.MapPost("/throw-out", (string id, RoomSockets sockets) => sockets.ThrowOut(id));
        control.MapGet("/", (string id, TavusRooms rooms, RoomSockets sockets) => rooms.Find(id) is { } call
            ? Results.Ok(
                new
                {
                    call.IsActive,
                    call.EndedBy,
                    call.Participants,
                    call.EndCalls,
                    Sockets = sockets.Count(id),
                    FromRoom = call.FromRoom.ToArray(),
                })
            : Results.NotFound());
    }

    private static async Task JoinAsync(string id, HttpContext http, TavusRooms rooms, RoomSockets sockets)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await new RoomSocket(socket, rooms.Find(id), sockets).RunAsync(http.RequestAborted);
    }

    /// <summary>The visitor says something, as if the room had received it from their microphone.</summary>
    private static async Task<IResult> HearAsync(string id, Heard heard, TavusRooms rooms, CancellationToken ct)
    {
        if (rooms.Find(id) is not { IsActive: true } call) return Results.NotFound();
        await call.Turns.SayAsync(heard.Text, ct);
        return Results.Ok();
    }

    /// <summary>The avatar's voice. 501 where the programs that speak are not installed.</summary>
    private static async Task<IResult> SpeakAsync(string id, string text, TavusRooms rooms, CancellationToken ct)
    {
        if (rooms.Find(id) is not { } call) return Results.NotFound();
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxSpeechLength) return Results.BadRequest();
        var language = call.Properties?.TryGetProperty("language", out var given) == true ? given.GetString() : null;
        try
        {
            var sound = await SpokenSound.OfAsync(text, $"{Languages.GetValueOrDefault(language ?? "", "en")}+f3", ct);
            return Results.Bytes(sound.Mp3, "audio/mpeg");
        }
        catch (Win32Exception)
        {
            return Results.StatusCode(StatusCodes.Status501NotImplemented);
        }
    }

    private sealed record Heard(string Text);

    /// <summary>Sends an app-message from Tavus, unchanged.</summary>
    private sealed record SendRequest(string EventType, JsonObject Properties, string? InferenceId);
}

/// <summary>Who is connected to which room, so that a test can disconnect them.</summary>
public sealed class RoomSockets
{
    private readonly Lock _lock = new();
    private readonly List<(string Room, WebSocket Socket)> _sockets = [];

    public void Add(string room, WebSocket socket)
    {
        lock (_lock) _sockets.Add((room, socket));
    }

    public void Remove(WebSocket socket)
    {
        lock (_lock) _sockets.RemoveAll(entry => entry.Socket == socket);
    }

    public int Count(string room)
    {
        lock (_lock) return _sockets.Count(entry => entry.Room == room);
    }

    /// <summary>Breaks the connections, as a network failure does.</summary>
    public void ThrowOut(string room)
    {
        lock (_lock)
        {
            foreach (var (_, socket) in _sockets.Where(entry => entry.Room == room)) socket.Abort();
        }
    }
}
