using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Speech.Script;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>A sentence that was read aloud.</summary>
public sealed class KeptSpeech : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary><see cref="SpeechCache.Digest"/>.</summary>
    public required byte[] Digest { get; init; }

    public required string MediaType { get; init; }

    public required byte[] Sound { get; init; }

    /// <summary>JSON: when each word is spoken.</summary>
    public required string Words { get; init; }

    /// <summary>Length of <see cref="Sound"/>.</summary>
    public required int Bytes { get; init; }

    public DateTimeOffset UsedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var kept = model.Entity<KeptSpeech>();
        kept.ToTable("kept_speech").HasKey(row => new { row.TenantId, row.Digest });
        kept.Property(row => row.Words).HasColumnType("jsonb");
        kept.Property(row => row.UsedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>
/// Keeps what was read aloud, with the times of its words, in the database: any node has it, and it outlives them. What was not used for longest goes
/// first when a tenant's share is full (docs/decisions/0023-spoken-replies.md).
/// </summary>
internal sealed class SpeechCache(TenantDatabase database, SpeechOptions options)
{
    // A hit is written down once in a while only; the order does not need more.
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(10);

    /// <summary>What makes one sound another.</summary>
    public static byte[] Digest(SpeechVoicePlan plan, string text) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', plan.Account.Provider, plan.Account.Endpoint, plan.Model, plan.Voice, text)));

    /// <summary>Null when it is not kept.</summary>
    public async Task<(string MediaType, byte[] Sound, IReadOnlyList<WordTime> Words)?> FindAsync(TenantId tenant, byte[] digest, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.KeptSpeech.AsNoTracking().SingleOrDefaultAsync(row => row.Digest == digest, ct) is not { } kept) return null;
        await using var touch = db.Command("update kept_speech set used_at = now() where digest = $1 and used_at < now() - $2", [digest, Freshness]);
        if (await touch.ExecuteNonQueryAsync(ct) > 0) await db.CommitAsync(ct);
        return (kept.MediaType, kept.Sound, JsonSerializer.Deserialize<List<WordTime>>(kept.Words, JsonSerializerOptions.Web)!);
    }

    public async Task KeepAsync(TenantId tenant, byte[] digest, string mediaType, byte[] sound, IReadOnlyList<WordTime> words, CancellationToken ct)
    {
        if (sound.Length > options.MostKept) return;
        await using var db = await database.BeginAsync(tenant, ct);
        // Two that make room at once would wait for each other's rows.
        await db.LockAsync("kept speech", ct);
        await using (var insert = db.Command(
            "insert into kept_speech (tenant_id, digest, media_type, sound, words, bytes, used_at) values ($1, $2, $3, $4, $5::jsonb, $6, clock_timestamp()) on conflict do nothing",
            [tenant.Value, digest, mediaType, sound, JsonSerializer.Serialize(words, JsonSerializerOptions.Web), sound.Length]))
        {
            await insert.ExecuteNonQueryAsync(ct);
        }

        await using (var room = db.Command(
            """
            delete from kept_speech
            where digest in (
              select digest from (select digest, sum(bytes) over (order by used_at desc, digest) as so_far from kept_speech) newest
              where so_far > $1
            )
            """,
            [options.MostKept]))
        {
            await room.ExecuteNonQueryAsync(ct);
        }

        await db.CommitAsync(ct);
    }
}
