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
/// Receives Tavus's callbacks. Tavus does not sign them, so the only proof of the sender is the secret in the URL, which is valid for one
/// call. A callback is stored and answered at once; the reconciler handles it later.
/// </summary>
public sealed class VideoCallbacks(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    WakeUpSignal<VideoSessionWorker> signal,
    IMultiTenantContextAccessor tenants,
    TimeProvider clock)
{
    private const int MaxTypeLength = 100;

    /// <summary>Stores a callback.</summary>
    /// <param name="token">The secret from the URL.</param>
    /// <param name="body">The callback, as <see cref="StorableJson"/> reads it.</param>
    /// <param name="ct">Cancels the work.</param>
    /// <returns>
    /// False when no call has this secret. True even for an unusable body, because Tavus repeats rejected callbacks.
    /// </returns>
    public async Task<bool> ReceiveAsync(string token, JsonElement body, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not { } found || !tenants.Admits(found.Tenant)) return false;
        if (TavusCallEvent.Read(body) is not { Type.Length: <= MaxTypeLength } entry) return true;
        await using var db = await database.BeginAsync(found.Tenant, ct);
        if (await db.LockAsync(found.Id, ct) is not { } session) return false;
        if (IsForOtherConversation(session, body)) return true;
        await using var insert = db.Command(
            """
            insert into tavus_callbacks (tenant_id, session_id, digest, event_type, body) values ($1, $2, $3, $4, $5)
            on conflict do nothing
            """,
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

    private static bool IsForOtherConversation(VideoSession session, JsonElement body) =>
        session.TavusConversationId is { } ours
        && body.TryGetProperty("conversation_id", out var id)
        && id.ValueKind == JsonValueKind.String
        && id.GetString() != ours;

    // Search by the hash, so that the duration of the search reveals nothing about the secret.
    private async Task<(TenantId Tenant, VideoSessionId Id)?> FindAsync(string token, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select tenant_id, id from tavus_session_by_callback($1)");
        command.Parameters.Add(new() { Value = CallbackToken.HashOf(token) });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (new TenantId(row.GetGuid(0)), new VideoSessionId(row.GetGuid(1))) : null;
    }

    // Tavus sends some types several times with different properties, so the type alone does not identify an event.
    private static byte[] Digest(TavusCallEvent entry)
    {
        var properties = entry.Properties.ValueKind == JsonValueKind.Undefined ? "" : entry.Properties.GetRawText();
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{entry.Type}\n{properties}"));
    }
}
