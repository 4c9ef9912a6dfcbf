using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Rag.Storage;

namespace Widget.Api.Tenancy;

/// <summary>Something that was used and costs money by its time.</summary>
public sealed class UsageRecord : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>One of <see cref="UsageMeter"/>'s kinds.</summary>
    public required string Kind { get; init; }

    /// <summary>The session that used it.</summary>
    public required Guid Reference { get; init; }

    public ConversationId? ConversationId { get; init; }

    public required int Seconds { get; init; }

    /// <summary>Characters read aloud; 0 for what is counted by its time.</summary>
    public long Characters { get; init; }

    public DateTimeOffset At { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var usage = model.Entity<UsageRecord>();
        usage.ToTable("usage_records").HasKey(row => new { row.TenantId, row.Kind, row.Reference });
        usage.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        usage.Property(row => row.At).HasDefaultValueSql("now()");
    }
}

/// <summary>Counts what tenants use, each session once, in the transaction that ends it.</summary>
public sealed class UsageMeter(TenancyDatabase database, TimeProvider clock)
{
    public const string Video = "video";
    public const string Voice = "voice";
    public const string Speech = "speech";
    public const string Transcription = "transcription";

    /// <summary>Counts a session's time; a second time changes nothing.</summary>
    /// <param name="db">The transaction that ends the session.</param>
    /// <param name="kind">What was used.</param>
    /// <param name="reference">The session.</param>
    /// <param name="conversation">The thread it belonged to.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task CountAsync(TenantDbContext db, string kind, Guid reference, ConversationId conversation, int seconds, CancellationToken ct)
    {
        await using var command = db.Command(
            "insert into usage_records (tenant_id, kind, reference, conversation_id, seconds) values ($1, $2, $3, $4, $5) on conflict do nothing",
            [db.TenantId.Value, kind, reference, conversation.Value, seconds]);
        if (await command.ExecuteNonQueryAsync(ct) == 1) UsageTelemetry.Ended(kind, seconds);
    }

    /// <summary>Seconds used since the first of this month, UTC.</summary>
    public async Task<long> SecondsThisMonthAsync(TenantId tenant, string kind, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await SecondsThisMonthAsync(db, kind, clock.GetUtcNow(), ct);
    }

    /// <summary>The same within a transaction, as of a moment.</summary>
    public static async Task<long> SecondsThisMonthAsync(TenantDbContext db, string kind, DateTimeOffset now, CancellationToken ct)
    {
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        await using var command = db.Command("select coalesce(sum(seconds), 0) from usage_records where kind = $1 and at >= $2", [kind, month]);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Characters read aloud since the first of this month, UTC.</summary>
    public async Task<long> CharactersThisMonthAsync(TenantId tenant, string kind, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await CharactersThisMonthAsync(db, kind, clock.GetUtcNow(), ct);
    }

    /// <summary>The same within a transaction, as of a moment.</summary>
    public static async Task<long> CharactersThisMonthAsync(TenantDbContext db, string kind, DateTimeOffset now, CancellationToken ct)
    {
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        await using var command = db.Command("select coalesce(sum(characters), 0)::bigint from usage_records where kind = $1 and at >= $2", [kind, month]);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
