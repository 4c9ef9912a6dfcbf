using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Speech.Script;
using Widget.Platform.Tenancy;

namespace Widget.Api.Speech;

/// <summary>The audio of a sentence that was read aloud.</summary>
public sealed class CachedSpeech : ITenantOwned
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
        var cached = model.Entity<CachedSpeech>();
        cached.ToTable("kept_speech").HasKey(row => new { row.TenantId, row.Digest });
        cached.Property(row => row.Words).HasColumnType("jsonb");
        cached.Property(row => row.UsedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>
/// Caches the audio of sentences, with the times of their words, in the database, so that all nodes share it. When a tenant's share is
/// full, the least recently used sentences are deleted (docs/decisions/0023-spoken-replies.md).
/// </summary>
internal sealed class SpeechCache(TenantDatabase database, SpeechOptions options)
{
    // The time of the last use is updated at most once in this time, to save writes.
    private static readonly TimeSpan TouchInterval = TimeSpan.FromMinutes(10);

    /// <summary>Identifies the audio of a text spoken by a voice.</summary>
    public static byte[] Digest(SpeechVoicePlan plan, string text)
    {
        var key = string.Join('\0', plan.Account.Provider, plan.Account.Endpoint, plan.Model, plan.Voice, text);
        return SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }

    /// <summary>The cached audio; null when there is none.</summary>
    public async Task<(string MediaType, byte[] Audio, IReadOnlyList<WordTime> Words)?> FindAsync(
        TenantId tenant,
        byte[] digest,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await db.CachedSpeech.AsNoTracking().SingleOrDefaultAsync(row => row.Digest == digest, ct) is not { } cached) return null;
        await using var touch = db.Command(
            "update kept_speech set used_at = now() where digest = $1 and used_at < now() - $2",
            [digest, TouchInterval]);
        if (await touch.ExecuteNonQueryAsync(ct) > 0) await db.CommitAsync(ct);
        return (cached.MediaType, cached.Sound, JsonSerializer.Deserialize<List<WordTime>>(cached.Words, JsonSerializerOptions.Web)!);
    }

    public async Task AddAsync(
        TenantId tenant,
        byte[] digest,
        string mediaType,
        byte[] audio,
        IReadOnlyList<WordTime> words,
        CancellationToken ct)
    {
        if (audio.Length > options.MaxCacheBytes) return;
        await using var db = await database.BeginAsync(tenant, ct);
        // Without this lock, two transactions that delete rows could deadlock.
        await db.LockAsync("kept speech", ct);
        await using (var insert = db.Command(
            """
            insert into kept_speech (tenant_id, digest, media_type, sound, words, bytes, used_at)
            values ($1, $2, $3, $4, $5::jsonb, $6, clock_timestamp())
            on conflict do nothing
            """,
            [tenant.Value, digest, mediaType, audio, JsonSerializer.Serialize(words, JsonSerializerOptions.Web), audio.Length]))
        {
            await insert.ExecuteNonQueryAsync(ct);
        }

        await using (var trim = db.Command(
            """
            delete from kept_speech
            where digest in (
              select digest from (select digest, sum(bytes) over (order by used_at desc, digest) as so_far from kept_speech) newest
              where so_far > $1
            )
            """,
            [options.MaxCacheBytes]))
        {
            await trim.ExecuteNonQueryAsync(ct);
        }

        await db.CommitAsync(ct);
    }
}
