using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Rooms;
using Widget.Api.Web;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.LiveKit;

/// <summary>An event of LiveKit, as its webhook writes it.</summary>
internal sealed record LiveKitEvent
{
    public string Event { get; init; } = "";

    public string Id { get; init; } = "";

    [System.Text.Json.Serialization.JsonConverter(typeof(LongText))]
    public string? CreatedAt { get; init; }

    public LiveKitRoom? Room { get; init; }

    public LiveKitParticipant? Participant { get; init; }

    internal sealed record LiveKitRoom(string? Name);
}

/// <summary>Receives LiveKit's signed webhooks. They come in any order, may be repeated, and may be missing.</summary>
internal sealed class LiveKitWebhooks(
    TenantDatabase database,
    LiveKitAccounts accounts,
    LiveKitPresence presence,
    WakeUpSignal<RoomWorker> worker,
    TimeProvider clock)
{
    /// <summary>Handles a webhook.</summary>
    /// <returns>False if LiveKit has not signed it.</returns>
    public async Task<bool> ReceiveAsync(string? token, byte[] body, CancellationToken ct)
    {
        LiveKitEvent? entry;
        try
        {
            entry = JsonSerializer.Deserialize<LiveKitEvent>(body, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return false;
        }

        // The room says whose key has signed it. Only then is anything believed.
        if (LiveKitRoomName.Read(entry?.Room?.Name) is not var (tenant, room)) return false;
        if (await accounts.OfAsync(tenant, ct) is not { } account) return false;
        if (!LiveKitTokens.IsSigned(account, token, body, clock.GetUtcNow())) return false;
        await HandleAsync(tenant, room, entry!, ct);
        return true;
    }

    private async Task HandleAsync(TenantId tenant, string room, LiveKitEvent entry, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await using var exists = db.Command("select 1 from rooms where tenant_id = $1 and id = $2", [tenant.Value, room]);
            if (await exists.ExecuteScalarAsync(ct) is null) return;
            await using var once = db.Command(
                "insert into livekit_webhooks (tenant_id, id) values ($1, $2) on conflict do nothing",
                [tenant.Value, entry.Id]);
            if (await once.ExecuteNonQueryAsync(ct) == 0) return;
            var at = LongText.Time(entry.CreatedAt) ?? clock.GetUtcNow();
            switch (entry)
            {
                case { Event: "participant_joined", Participant: { Sid.Length: > 0 } joined }:
                    await LiveKitPresence.JoinedAsync(db, room, joined, at, ct);
                    break;
                case { Event: "participant_left" or "participant_connection_aborted", Participant: { Sid.Length: > 0 } left }:
                    await LiveKitPresence.LeftAsync(db, room, left, at, ct);
                    break;
                case { Event: "room_finished" }:
                    await LiveKitPresence.FinishedAsync(db, room, at, ct);
                    break;
            }

            await db.CommitAsync(ct);
        }

        await presence.ShowAsync(tenant, room, ct);
        worker.Raise();
    }

    internal static async Task<Results<Ok, ProblemHttpResult>> Receive(HttpContext http, LiveKitWebhooks webhooks, CancellationToken ct)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, ct);
        // The token comes without "Bearer".
        return await webhooks.ReceiveAsync(http.Request.Headers.Authorization.ToString(), body.ToArray(), ct)
            ? TypedResults.Ok()
            : Problems.Create(StatusCodes.Status401Unauthorized, "The webhook is not signed by LiveKit with this room's key.");
    }
}
