using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Widget.Simulators.LiveKit;

/// <summary>How the simulated LiveKit behaves.</summary>
public sealed record LiveKitSwitches
{
    /// <summary>Answers this many requests with <see cref="FailStatus"/>.</summary>
    public int FailNext { get; init; }

    public int FailStatus { get; init; } = 503;

    /// <summary>Creates this many dispatches, but breaks the connection instead of answering.</summary>
    public int LoseDispatches { get; init; }

    /// <summary>Where webhooks are sent; null for none.</summary>
    public string? Webhook { get; init; }

    /// <summary>Whether a dispatched agent joins by itself, as soon as it is dispatched.</summary>
    public bool AgentsJoin { get; init; } = true;
}

/// <summary>A participant.</summary>
public sealed record SimulatedPerson(string Sid, string Identity, string Name, string Kind, long JoinedAt);

/// <summary>A dispatch of an agent.</summary>
public sealed record SimulatedDispatch(string Id, string AgentName, string Room, string Metadata, long CreatedAt)
{
    public long DeletedAt { get; set; }
}

/// <summary>A room with its people and dispatches.</summary>
public sealed class SimulatedRoom(string name)
{
    public string Sid { get; } = $"RM_{Guid.NewGuid():N}"[..15];

    public string Name => name;

    public ConcurrentDictionary<string, SimulatedPerson> People { get; } = [];

    public ConcurrentQueue<SimulatedDispatch> Dispatches { get; } = [];
}

/// <summary>The state of the simulated server, and its webhooks.</summary>
public sealed class SimulatedLiveKit : IDisposable
{
    public const string Key = "devkey";
    public const string Secret = "secret-of-the-simulated-livekit-server";

    private readonly HttpClient _http = new();
    private int _failuresLeft;
    private int _lossesLeft;

    public LiveKitSwitches Switches { get; private set; } = new();

    public ConcurrentDictionary<string, SimulatedRoom> Rooms { get; } = [];

    /// <summary>The methods that were called with their bodies, oldest first.</summary>
    public ConcurrentQueue<object> Requests { get; } = [];

    public void Set(LiveKitSwitches switches)
    {
        (Switches, _failuresLeft, _lossesLeft) = (switches, switches.FailNext, switches.LoseDispatches);
        Requests.Clear();
    }

    public bool FailsNow() => Interlocked.Decrement(ref _failuresLeft) >= 0;

    public bool LosesNow() => Interlocked.Decrement(ref _lossesLeft) >= 0;

    public SimulatedRoom RoomOf(string name) => Rooms.GetOrAdd(name, created => new SimulatedRoom(created));

    /// <summary>Somebody joins; a later stay replaces the same identity's earlier one.</summary>
    public async Task<SimulatedPerson> JoinAsync(string room, string identity, string kind, string? sid = null, string? name = null)
    {
        var person = new SimulatedPerson(
            sid ?? $"PA_{Guid.NewGuid():N}"[..15],
            identity,
            name ?? identity,
            kind,
            DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        RoomOf(room).People[identity] = person;
        await SendAsync("participant_joined", RoomOf(room), person);
        return person;
    }

    /// <summary>Somebody leaves. With a stay's id, only that stay ends.</summary>
    public async Task<bool> LeaveAsync(string room, string identity, string? sid = null)
    {
        if (!Rooms.TryGetValue(room, out var found) || !found.People.TryGetValue(identity, out var person)) return false;
        if ((sid is not null && person.Sid != sid) || !found.People.TryRemove(KeyValuePair.Create(identity, person))) return false;
        await SendAsync("participant_left", found, person);
        return true;
    }

    public async Task<bool> DeleteAsync(string room)
    {
        if (!Rooms.TryRemove(room, out var found)) return false;
        foreach (var person in found.People.Values) await SendAsync("participant_left", found, person);
        await SendAsync("room_finished", found, person: null);
        return true;
    }

    public static JsonObject JsonOf(SimulatedPerson person, bool camelCase)
    {
        var json = new JsonObject
        {
            ["sid"] = person.Sid,
            ["identity"] = person.Identity,
            ["state"] = "ACTIVE",
            [camelCase ? "joinedAt" : "joined_at"] = person.JoinedAt.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["name"] = person.Name,
        };
        // protobuf's JSON leaves out an enum's first value.
        if (person.Kind != "STANDARD") json["kind"] = person.Kind;
        return json;
    }

    /// <summary>A signed webhook: its body, and the token of its Authorization header.</summary>
    private static (string Body, string Token) Sign(string kind, SimulatedRoom room, SimulatedPerson? person, DateTimeOffset at)
    {
        var body = new JsonObject
        {
            ["event"] = kind,
            ["room"] = new JsonObject { ["sid"] = room.Sid, ["name"] = room.Name },
            ["id"] = $"EV_{Guid.NewGuid():N}"[..15],
            ["createdAt"] = at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        if (person is not null) body["participant"] = JsonOf(person, camelCase: true);
        var text = body.ToJsonString();
        return (text, Tokens.Create(Key, Secret, text, at));
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(string kind, SimulatedRoom room, SimulatedPerson? person)
    {
        if (Switches.Webhook is not { } address) return;
        var (body, token) = Sign(kind, room, person, DateTimeOffset.UtcNow);
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/webhook+json")),
        };
        // Without "Bearer".
        request.Headers.TryAddWithoutValidation("Authorization", token);
        try
        {
            (await _http.SendAsync(request)).Dispose();
        }
        catch (HttpRequestException)
        {
            // Webhooks may be lost.
        }
    }
}

/// <summary>JSON Web Tokens with HMAC-SHA256.</summary>
internal static class Tokens
{
    public static string Create(string key, string secret, string body, DateTimeOffset now)
    {
        var claims = new
        {
            iss = key,
            nbf = now.ToUnixTimeSeconds(),
            exp = now.AddMinutes(5).ToUnixTimeSeconds(),
            sha256 = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body))),
        };
        var content = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8.ToArray())}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{content}.{Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(content)))}";
    }

    /// <summary>Returns the claims of a token that is signed with the secret and valid now. Null otherwise.</summary>
    public static JsonObject? Read(string? token, string key, string secret)
    {
        if (token?.Split('.') is not [var header, var payload, var signature]) return null;
        try
        {
            var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes($"{header}.{payload}"));
            if (!CryptographicOperations.FixedTimeEquals(expected, Decode(signature))) return null;
            if (JsonNode.Parse(Decode(header))?["alg"]?.GetValue<string>() != "HS256") return null;
            var claims = JsonNode.Parse(Decode(payload)) as JsonObject;
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            return claims?["iss"]?.GetValue<string>() == key
                && claims["exp"]?.GetValue<long>() >= now
                && claims["nbf"]?.GetValue<long>() <= now
                    ? claims
                    : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    private static string Encode(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
}
