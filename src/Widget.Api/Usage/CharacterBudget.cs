using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>
/// Counts characters that are turned into speech. Characters are reserved before they are sent to the provider, so that concurrent requests
/// together cannot exceed a tenant's monthly limit. If a node dies after it has reserved a sentence, the sentence stays counted.
/// </summary>
internal sealed class CharacterBudget(TenantDatabase database, TimeProvider clock)
{
    /// <summary>Reserves characters of this month.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="reference">Identifies the usage record; several reservations may share one.</param>
    /// <param name="conversation">The conversation that it belongs to, if any.</param>
    /// <param name="characters">How many to reserve.</param>
    /// <param name="limit">The monthly limit; null for no limit.</param>
    /// <param name="ct">Cancels the reservation.</param>
    /// <returns>False if fewer characters remain this month. Nothing is reserved then.</returns>
    public async Task<bool> TryReserveAsync(
        TenantId tenant,
        Guid reference,
        ConversationId? conversation,
        int characters,
        int? limit,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (limit is { } max)
        {
            await db.LockAsync("speech budget", ct);
            if (await UsageMeter.CharactersThisMonthAsync(db, UsageMeter.Speech, clock.GetUtcNow(), ct) + characters > max) return false;
        }

        await using var count = db.Command(
            """
            insert into usage_records (tenant_id, kind, reference, conversation_id, seconds, characters) values ($1, $2, $3, $4, 0, $5)
            on conflict (tenant_id, kind, reference) do update set characters = usage_records.characters + excluded.characters
            """,
            [
                tenant.Value,
                UsageMeter.Speech,
                reference,
                new NpgsqlParameter { Value = (object?)conversation?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                (long)characters,
            ]);
        await count.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Releases characters that were reserved but not spoken.</summary>
    public async Task ReleaseAsync(TenantId tenant, Guid reference, int characters, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            "update usage_records set characters = greatest(characters - $3, 0) where kind = $1 and reference = $2",
            [UsageMeter.Speech, reference, (long)characters]);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }
}
