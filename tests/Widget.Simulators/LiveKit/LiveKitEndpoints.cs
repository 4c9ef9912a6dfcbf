using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.LiveKit;

/// <summary>
/// The Twirp API of LiveKit, as livekit/protocol defines it. It checks the grants of each token, refuses unknown fields, and answers in
/// snake case with 64-bit integers as text.
/// </summary>
public static class LiveKitEndpoints
{
    private static readonly Dictionary<string, (string Grant, string[] Fields)> Methods = new(StringComparer.Ordinal)
    {
        ["RoomService/CreateRoom"] = (
            "roomCreate",
            ["name", "empty_timeout", "departure_timeout", "max_participants", "metadata", "agents"]),
        ["RoomService/ListRooms"] = ("roomList", ["names"]),
        ["RoomService/DeleteRoom"] = ("roomCreate", ["room"]),
        ["RoomService/ListParticipants"] = ("roomAdmin", ["room"]),
        ["RoomService/RemoveParticipant"] = ("roomAdmin", ["room", "identity"]),
        ["AgentDispatchService/CreateDispatch"] = ("roomAdmin", ["agent_name", "room", "metadata"]),
        ["AgentDispatchService/ListDispatch"] = ("roomAdmin", ["dispatch_id", "room"]),
        ["AgentDispatchService/DeleteDispatch"] = ("roomAdmin", ["dispatch_id", "room"]),
    };

    public static void MapLiveKit(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/livekit/twirp/livekit.{service}/{method}", AnswerAsync);
        var control = routes.MapGroup("/control/livekit");
        control.MapPut("/", (LiveKitSwitches switches, SimulatedLiveKit server) => server.Set(switches));
        control.MapGet("/requests", (SimulatedLiveKit server) => server.Requests);
        control.MapGet("/rooms/{room}", (string room, SimulatedLiveKit server) => server.Rooms.TryGetValue(room, out var found)
            ? Results.Ok(new { found.Sid, found.Name, People = found.People.Values, found.Dispatches })
            : Results.NotFound());
        // The simulated media server (tests/livekit-server) names the stay.
        control.MapPost(
            "/rooms/{room}/people/{identity}",
            (string room, string identity, SimulatedLiveKit server, string? sid, string? name) =>
                server.JoinAsync(room, identity, "STANDARD", sid, name));
        control.MapDelete(
            "/rooms/{room}/people/{identity}",
            async (string room, string identity, SimulatedLiveKit server, string? sid) =>
                await server.LeaveAsync(room, identity, sid) ? Results.NoContent() : Results.NotFound());
    }

    private static async Task AnswerAsync(string service, string method, HttpContext http, SimulatedLiveKit server)
    {
        if (server.FailsNow())
        {
            await RefuseAsync(http, server.Switches.FailStatus, "unavailable", "the simulator was told to fail");
            return;
        }

        if (!Methods.TryGetValue($"{service}/{method}", out var known))
        {
            await RefuseAsync(http, 404, "bad_route", $"no handler for path {http.Request.Path}");
            return;
        }

        if (http.Request.ContentType?.Split(';')[0] != "application/json")
        {
            await RefuseAsync(http, 404, "bad_route", $"unexpected Content-Type: {http.Request.ContentType}");
            return;
        }

        JsonObject? body;
        try
        {
            body = await JsonNode.ParseAsync(http.Request.Body) as JsonObject;
        }
        catch (JsonException)
        {
            body = null;
        }

        if (body is null || body.Select(field => field.Key).FirstOrDefault(field => !known.Fields.Contains(field)) is { } unknown)
        {
            await RefuseAsync(http, 400, "malformed", "the json request could not be decoded");
            return;
        }

        server.Requests.Enqueue(new { method = $"{service}/{method}", body });
        var header = http.Request.Headers.Authorization.ToString();
        var claims = header.StartsWith("Bearer ", StringComparison.Ordinal)
            ? Tokens.Read(header["Bearer ".Length..], SimulatedLiveKit.Key, SimulatedLiveKit.Secret)
            : null;
        if (claims is null)
        {
            await RefuseAsync(http, 401, "unauthenticated", "invalid token");
            return;
        }

        var video = claims["video"] as JsonObject;
        var room = (body["room"] ?? body["name"])?.GetValue<string>() ?? "";
        var isGranted = video?[known.Grant]?.GetValue<bool>() == true
            && (known.Grant != "roomAdmin" || video["room"]?.GetValue<string>() == room);
        if (!isGranted)
        {
            await RefuseAsync(http, 403, "permission_denied", "permissions denied");
            return;
        }

        await RunAsync(method, room, body, http, server);
    }

    private static async Task RunAsync(string method, string room, JsonObject body, HttpContext http, SimulatedLiveKit server)
    {
        switch (method)
        {
            case "CreateRoom":
                var created = server.RoomOf(room);
                await http.Response.WriteAsJsonAsync(new { sid = created.Sid, name = created.Name });
                return;
            case "ListRooms":
                var rooms = server.Rooms.Values.Select(found => new { sid = found.Sid, name = found.Name });
                await http.Response.WriteAsJsonAsync(new { rooms });
                return;
            case "CreateDispatch":
                await DispatchAsync(room, body, http, server);
                return;
        }

        if (!server.Rooms.TryGetValue(room, out var existing))
        {
            await RefuseAsync(http, 404, "not_found", "requested room does not exist");
            return;
        }

        switch (method)
        {
            case "DeleteRoom":
                await server.DeleteAsync(room);
                await http.Response.WriteAsJsonAsync(new { });
                return;
            case "ListParticipants":
                var people = existing.People.Values.Select(person => SimulatedLiveKit.JsonOf(person, camelCase: false));
                await http.Response.WriteAsJsonAsync(new { participants = people });
                return;
            case "RemoveParticipant":
                if (await server.LeaveAsync(room, body["identity"]!.GetValue<string>())) await http.Response.WriteAsJsonAsync(new { });
                else await RefuseAsync(http, 404, "not_found", "participant does not exist");
                return;
            case "ListDispatch":
                await http.Response.WriteAsJsonAsync(
                    new { agent_dispatches = existing.Dispatches.Where(dispatch => dispatch.DeletedAt == 0).Select(JsonOf) });
                return;
            default:
                var id = body["dispatch_id"]!.GetValue<string>();
                if (existing.Dispatches.FirstOrDefault(entry => entry.Id == id && entry.DeletedAt == 0) is not { } deleted)
                {
                    await RefuseAsync(http, 404, "not_found", "agent dispatch not found");
                    return;
                }

                deleted.DeletedAt = Nanoseconds();
                // Deleting a dispatch ends its agent.
                await server.LeaveAsync(room, AgentOf(deleted));
                await http.Response.WriteAsJsonAsync(JsonOf(deleted));
                return;
        }
    }

    // Each request adds one more agent, as at LiveKit (livekit/agents#944).
    private static async Task DispatchAsync(string room, JsonObject body, HttpContext http, SimulatedLiveKit server)
    {
        if (body["agent_name"]?.GetValue<string>() is not { Length: > 0 } agent)
        {
            await RefuseAsync(http, 400, "invalid_argument", "agent_name is required");
            return;
        }

        var metadata = body["metadata"]?.GetValue<string>() ?? "";
        var dispatch = new SimulatedDispatch($"AD_{Guid.NewGuid():N}"[..15], agent, room, metadata, Nanoseconds());
        server.RoomOf(room).Dispatches.Enqueue(dispatch);
        if (server.Switches.AgentsJoin) await server.JoinAsync(room, AgentOf(dispatch), "AGENT");
        if (server.LosesNow()) http.Abort();
        else await http.Response.WriteAsJsonAsync(JsonOf(dispatch));
    }

    private static object JsonOf(SimulatedDispatch dispatch) => new
    {
        id = dispatch.Id,
        agent_name = dispatch.AgentName,
        room = dispatch.Room,
        metadata = dispatch.Metadata,
        state = new
        {
            jobs = Array.Empty<object>(),
            created_at = dispatch.CreatedAt.ToString(System.Globalization.CultureInfo.InvariantCulture),
            deleted_at = dispatch.DeletedAt.ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
    };

    private static string AgentOf(SimulatedDispatch dispatch) => $"agent-{dispatch.Id}";

    private static long Nanoseconds() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;

    private static Task RefuseAsync(HttpContext http, int status, string code, string message)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { code, msg = message });
    }
}
