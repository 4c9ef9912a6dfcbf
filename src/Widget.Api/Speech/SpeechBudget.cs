using Widget.Api.Conversations;
using Widget.Api.Usage;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>
/// Counts the characters that are made into sound, a sentence before it is asked for, so that requests at the same time cannot exceed a tenant's
/// month together. What a provider did not deliver is given back; of a node that dies meanwhile, the sentences it was at stay counted.
/// </summary>
internal sealed class SpeechBudget(TenantDatabase database, TimeProvider clock)
{
    /// <summary>Takes a sentence's characters out of the month.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="reference">The reading, which is counted in one row.</param>
    /// <param name="conversation">The thread it belongs to.</param>
    /// <param name="characters">Of the sentence.</param>
    /// <param name="limit">The month's; null for none.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False when the month has not so many left; then nothing is counted.</returns>
    public async Task<bool> ReserveAsync(TenantId tenant, Guid reference, ConversationId? conversation, int characters, int? limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (limit is { } most)
        {
            await db.LockAsync("speech budget", ct);
            if (await UsageMeter.CharactersThisMonthAsync(db, UsageMeter.Speech, clock.GetUtcNow(), ct) + characters > most) return false;
        }

        await using var count = db.Command(
            """
            insert into usage_records (tenant_id, kind, reference, conversation_id, seconds, characters) values ($1, $2, $3, $4, 0, $5)
            on conflict (tenant_id, kind, reference) do update set characters = usage_records.characters + excluded.characters
            """,
            [tenant.Value, UsageMeter.Speech, reference, new Npgsql.NpgsqlParameter { Value = (object?)conversation?.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid }, (long)characters]);
        await count.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Gives back what was taken for a sentence that did not come about.</summary>
    public async Task ReturnAsync(TenantId tenant, Guid reference, int characters, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await using var command = db.Command(
            "update usage_records set characters = greatest(characters - $3, 0) where kind = $1 and reference = $2",
            [UsageMeter.Speech, reference, (long)characters]);
        await command.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }
}
