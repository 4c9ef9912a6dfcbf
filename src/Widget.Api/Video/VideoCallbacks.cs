using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Npgsql;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Platform.Database;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Video;

/// <summary>
/// Takes what Tavus calls back with. Nothing of it is signed, so all that proves the caller is the address, which only Tavus was told and which is
/// good for one call. It is written down and answered at once; the keeper then makes something of it.
/// </summary>
public sealed class VideoCallbacks(
    NpgsqlDataSource dataSource, TenantDatabase database, WakeUpSignal<VideoSessionWorker> signal, IMultiTenantContextAccessor tenants, TimeProvider clock)
{
    private const int LongestType = 100;

    /// <param name="token">Of the address.</param>
    /// <param name="body">As <see cref="StorableJson"/> reads it.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False when no call has this address. True for whatever else: a caller that is refused would only call again.</returns>
    public async Task<bool> ReceiveAsync(string token, JsonElement body, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not { } found || !tenants.Admits(found.Tenant)) return false;
        if (CallEvent.Read(body) is not { Type.Length: <= LongestType } entry) return true;
        await using var db = await database.BeginAsync(found.Tenant, ct);
        if (await db.LockAsync(found.Id, ct) is not { } session) return false;
        // Somebody else's event at this address is not of this call.
        if (body.TryGetProperty("conversation_id", out var id) && id.ValueKind == JsonValueKind.String && session.TavusConversationId is { } ours && id.GetString() != ours) return true;
        await using var insert = db.Command(
            "insert into tavus_callbacks (tenant_id, session_id, digest, event_type, body) values ($1, $2, $3, $4, $5) on conflict do nothing",
            [
                found.Tenant.Value,
                found.Id.Value,
                Digest(entry),
                entry.Type,
                new NpgsqlParameter { Value = body.GetRawText(), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb },
            ]);
        if (await insert.ExecuteNonQueryAsync(ct) == 0) return true;
        session.NextCheckAt = clock.GetUtcNow();
        await db.CommitAsync(ct);
        signal.Raise();
        return true;
    }

    // By its hash, so that the time the search takes tells nothing of the token.
    private async Task<(TenantId Tenant, VideoSessionId Id)?> FindAsync(string token, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, id from tavus_session_by_callback($1)");
        command.Parameters.Add(new() { Value = CallbackToken.HashOf(token) });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (new TenantId(row.GetGuid(0)), new VideoSessionId(row.GetGuid(1))) : null;
    }

    // Some kinds rightly come several times with other properties, so the kind alone does not make an event.
    private static byte[] Digest(CallEvent entry) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{entry.Type}\n{(entry.Properties.ValueKind == JsonValueKind.Undefined ? "" : entry.Properties.GetRawText())}"));
}
