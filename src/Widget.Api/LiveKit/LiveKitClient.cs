using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Polly;
using Polly.Timeout;
using Widget.Platform.Outbound;

namespace Widget.Api.LiveKit;

/// <summary>LiveKit did not do what was asked.</summary>
/// <param name="isTemporary">Whether the same request may succeed later.</param>
/// <param name="code">Twirp's code, such as <c>not_found</c>; null without an answer.</param>
/// <param name="message">For people.</param>
internal sealed class LiveKitException(bool isTemporary, string? code, string message) : Exception(message)
{
    public bool IsTemporary => isTemporary;

    public string? Code => code;
}

/// <summary>An agent that was asked to join a room.</summary>
internal sealed record AgentDispatch
{
    public string Id { get; init; } = "";

    public string AgentName { get; init; } = "";

    public string Metadata { get; init; } = "";

    public DispatchState? State { get; init; }

    /// <summary>Whether it was ended.</summary>
    public bool IsOver => State is { DeletedAt: not (null or "" or "0") };

    internal sealed record DispatchState
    {
        // 64-bit integers are strings in protobuf's JSON; some servers write numbers.
        [JsonConverter(typeof(LongText))]
        public string? DeletedAt { get; init; }
    }
}

/// <summary>A participant of a room at LiveKit.</summary>
internal sealed record LiveKitParticipant
{
    public string Sid { get; init; } = "";

    public string Identity { get; init; } = "";

    public string? Name { get; init; }

    /// <summary><c>STANDARD</c>, <c>AGENT</c>, <c>INGRESS</c>, <c>EGRESS</c> or <c>SIP</c>; the first is left out.</summary>
    public string? Kind { get; init; }

    [JsonConverter(typeof(LongText))]
    public string? JoinedAt { get; init; }

    /// <summary>Agents, recorders and the like are no people.</summary>
    public bool IsPerson => Kind is null or "" or "STANDARD" or "SIP" or "0";

    public DateTimeOffset? Joined => LongText.Time(JoinedAt);
}

/// <summary>Reads a number that may be written as text.</summary>
internal sealed class LongText : JsonConverter<string?>
{
    public static DateTimeOffset? Time(string? seconds) =>
        long.TryParse(seconds, out var unix) && unix > 0 ? DateTimeOffset.FromUnixTimeSeconds(unix) : null;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture),
        JsonTokenType.String => reader.GetString(),
        _ => null,
    };

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>
/// LiveKit's server API: Twirp, with JSON bodies (livekit/protocol, livekit_room.proto and livekit_agent_dispatch.proto).
/// </summary>
internal sealed class LiveKitClient(IHttpClientFactory clients, TimeProvider clock)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(1);

    // Requests and answers use the names of the protocol's definition.
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly ResiliencePipeline _timeLimit = OutboundPipelines.TimeLimit(TimeLimit, clock);

    /// <summary>Creates a room; one that exists stays as it is.</summary>
    public Task CreateRoomAsync(LiveKitAccount account, string room, int maxParticipants, CancellationToken ct) =>
        SendAsync<JsonElement>(
            account,
            "RoomService/CreateRoom",
            new VideoGrants { RoomCreate = true },
            new { Name = room, EmptyTimeout = 300, DepartureTimeout = 60, MaxParticipants = maxParticipants },
            ct);

    /// <summary>Disconnects everybody. A room that does not exist is no error.</summary>
    public async Task DeleteRoomAsync(LiveKitAccount account, string room, CancellationToken ct)
    {
        try
        {
            var grants = new VideoGrants { RoomCreate = true };
            await SendAsync<JsonElement>(account, "RoomService/DeleteRoom", grants, new { Room = room }, ct);
        }
        catch (LiveKitException e) when (e.Code == "not_found")
        {
            // It is gone already.
        }
    }

    /// <summary>Who is in a room. Empty if there is no such room.</summary>
    public async Task<IReadOnlyList<LiveKitParticipant>> ListParticipantsAsync(LiveKitAccount account, string room, CancellationToken ct)
    {
        try
        {
            var list = await SendAsync<ParticipantList>(account, "RoomService/ListParticipants", Admin(room), new { Room = room }, ct);
            return list.Participants ?? [];
        }
        catch (LiveKitException e) when (e.Code == "not_found")
        {
            return [];
        }
    }

    /// <summary>Removes a participant. One who is not there is no error.</summary>
    public async Task RemoveParticipantAsync(LiveKitAccount account, string room, string identity, CancellationToken ct)
    {
        try
        {
            await SendAsync<JsonElement>(
                account,
                "RoomService/RemoveParticipant",
                Admin(room),
                new { Room = room, Identity = identity },
                ct);
        }
        catch (LiveKitException e) when (e.Code == "not_found")
        {
            // It is gone already.
        }
    }

    /// <summary>Asks an agent to join. Each request adds one more agent, so look with <see cref="ListDispatchesAsync"/> first.</summary>
    public Task<AgentDispatch> CreateDispatchAsync(LiveKitAccount account, string room, string metadata, CancellationToken ct) =>
        SendAsync<AgentDispatch>(
            account,
            "AgentDispatchService/CreateDispatch",
            Admin(room),
            new { AgentName = account.Agent, Room = room, Metadata = metadata },
            ct);

    /// <summary>The agents that were asked to join a room. Empty if there is no such room.</summary>
    public async Task<IReadOnlyList<AgentDispatch>> ListDispatchesAsync(LiveKitAccount account, string room, CancellationToken ct)
    {
        try
        {
            var list = await SendAsync<DispatchList>(account, "AgentDispatchService/ListDispatch", Admin(room), new { Room = room }, ct);
            return list.AgentDispatches ?? [];
        }
        catch (LiveKitException e) when (e.Code == "not_found")
        {
            return [];
        }
    }

    /// <summary>Takes the request for an agent back. One that does not exist is no error.</summary>
    public async Task DeleteDispatchAsync(LiveKitAccount account, string room, string dispatch, CancellationToken ct)
    {
        try
        {
            await SendAsync<JsonElement>(
                account,
                "AgentDispatchService/DeleteDispatch",
                Admin(room),
                new { DispatchId = dispatch, Room = room },
                ct);
        }
        catch (LiveKitException e) when (e.Code == "not_found")
        {
            // It is gone already.
        }
    }

    private static VideoGrants Admin(string room) => new() { RoomAdmin = true, Room = room };

    private async Task<TResult> SendAsync<TResult>(
        LiveKitAccount account,
        string method,
        VideoGrants grants,
        object body,
        CancellationToken ct)
    {
        try
        {
            return await _timeLimit.ExecuteAsync(async limited => await ExchangeAsync<TResult>(account, method, grants, body, limited), ct);
        }
        catch (TimeoutRejectedException)
        {
            throw new LiveKitException(isTemporary: true, null, $"LiveKit did not respond within {TimeLimit.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is PrivateAddressException || e.InnerException is PrivateAddressException)
        {
            throw new LiveKitException(isTemporary: false, null, "LiveKit's address is not a public one.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new LiveKitException(isTemporary: true, null, "LiveKit can't be reached right now.");
        }
    }

    private async Task<TResult> ExchangeAsync<TResult>(
        LiveKitAccount account,
        string method,
        VideoGrants grants,
        object body,
        CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{account.Api.AbsoluteUri.TrimEnd('/')}/twirp/livekit.{method}")
        {
            Content = JsonContent.Create(body, body.GetType(), options: Json),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            LiveKitTokens.Create(account, grants, clock.GetUtcNow(), TokenLifetime));
        using var response = await clients.ForEndpoint(account.BelongsToTenant).SendAsync(request, ct);
        if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync<TResult>(Json, ct))!;
        var code = await CodeAsync(response, ct);
        var status = (int)response.StatusCode;
        throw new LiveKitException(
            isTemporary: status is 429 or >= 500,
            code,
            status is 401 or 403 ? "LiveKit refuses the key." : $"LiveKit refused {method}: {code ?? $"status {status}"}.");
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return (await response.Content.ReadFromJsonAsync<TwirpError>(Json, ct))?.Code;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record TwirpError(string? Code);

    private sealed record ParticipantList(IReadOnlyList<LiveKitParticipant>? Participants);

    private sealed record DispatchList(IReadOnlyList<AgentDispatch>? AgentDispatches);
}
