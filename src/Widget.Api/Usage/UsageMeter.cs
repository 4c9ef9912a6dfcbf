using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Usage;

/// <summary>The recorded usage of one session or request.</summary>
public sealed class UsageRecord : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>One of <see cref="UsageMeter"/>'s kinds.</summary>
    public required string Kind { get; init; }

    /// <summary>The session that used it.</summary>
    public required Guid Reference { get; init; }

    public ConversationId? ConversationId { get; init; }

    public required int Seconds { get; init; }

    /// <summary>Characters read aloud; 0 for usage that is counted by time.</summary>
    public long Characters { get; init; }

    /// <summary>The language model. Empty if none was used.</summary>
    public string Model { get; init; } = "";

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>The part of these tokens that is estimated, because the provider did not report usage.</summary>
    public long EstimatedTokens { get; init; }

    public DateTimeOffset At { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var usage = model.Entity<UsageRecord>();
        usage.ToTable("usage_records").HasKey(row => new { row.TenantId, row.Kind, row.Reference });
        usage.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        usage.Property(row => row.At).HasDefaultValueSql("now()");
    }
}

/// <summary>Records that a warning about a ceiling was logged in a month.</summary>
public sealed class UsageWarning : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required DateOnly Month { get; init; }

    public required string Ceiling { get; init; }

    public required string State { get; init; }

    public DateTimeOffset At { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var warning = model.Entity<UsageWarning>();
        warning.ToTable("usage_warnings").HasKey(row => new { row.TenantId, row.Month, row.Ceiling, row.State });
        warning.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        warning.Property(row => row.At).HasDefaultValueSql("now()");
    }
}

/// <summary>The model usage of one piece of work.</summary>
/// <param name="Model">The model. Null if none was used.</param>
/// <param name="InputTokens">Number of input tokens.</param>
/// <param name="OutputTokens">Number of output tokens.</param>
/// <param name="EstimatedTokens">The part of these tokens that is estimated, because the provider did not report usage.</param>
public readonly record struct ModelUse(string? Model, long InputTokens, long OutputTokens, long EstimatedTokens)
{
    public bool IsEmpty => InputTokens + OutputTokens == 0;
}

/// <summary>Records what tenants use: each session once, in the transaction that ends it.</summary>
public sealed class UsageMeter(TenantDatabase database, TimeProvider clock)
{
    public const string Video = "video";
    public const string Voice = "voice";
    public const string Speech = "speech";
    public const string Transcription = "transcription";

    /// <summary>A visitor's message and its answer.</summary>
    public const string Answer = "answer";

    /// <summary>A chat completion of the OpenAI-compatible endpoint.</summary>
    public const string Completion = "completion";

    /// <summary>A test question.</summary>
    public const string Evaluation = "evaluation";

    public static IReadOnlyList<string> Kinds { get; } = [Video, Voice, Speech, Transcription, Answer, Completion, Evaluation];

    /// <summary>Records a session's usage. A second call for the same session changes nothing.</summary>
    /// <param name="db">The transaction that ends the session.</param>
    /// <param name="kind">One of the kinds above.</param>
    /// <param name="reference">The session.</param>
    /// <param name="conversation">The conversation that it belongs to, if any.</param>
    /// <param name="seconds">Its duration.</param>
    /// <param name="use">The tokens it used.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task CountAsync(
        TenantDb db, string kind, Guid reference, ConversationId? conversation, int seconds, ModelUse use, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            insert into usage_records
                (tenant_id, kind, reference, conversation_id, seconds, model, input_tokens, output_tokens, estimated_tokens)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict do nothing
            """,
            [
                db.TenantId.Value, kind, reference,
                new Npgsql.NpgsqlParameter
                {
                    Value = (object?)conversation?.Value ?? DBNull.Value,
                    NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid,
                },
                seconds, use.Model ?? "", use.InputTokens, use.OutputTokens, use.EstimatedTokens,
            ]);
        if (await command.ExecuteNonQueryAsync(ct) == 1) UsageTelemetry.RecordCall(kind, seconds);
    }

    /// <summary>Records tokens that belong to no conversation, in a separate transaction.</summary>
    public async Task CountAsync(TenantId tenant, string kind, Guid reference, ModelUse use, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await CountAsync(db, kind, reference, conversation: null, seconds: 0, use, ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Records time that belongs to no conversation, in a separate transaction.</summary>
    public async Task CountAsync(TenantId tenant, string kind, int seconds, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await CountAsync(db, kind, Guid.CreateVersion7(), conversation: null, seconds, default, ct);
        await db.CommitAsync(ct);
    }

    /// <summary>Returns the first moment of the month, in UTC.</summary>
    public static DateTimeOffset MonthOf(DateTimeOffset now) => new(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns all usage since the first of this month, in UTC.</summary>
    public static Task<MonthlyUse> ThisMonthAsync(TenantDb db, DateTimeOffset now, CancellationToken ct) =>
        BetweenAsync(db, MonthOf(now), DateTimeOffset.MaxValue, ct);

    /// <summary>Returns all usage of a period.</summary>
    public static async Task<MonthlyUse> BetweenAsync(TenantDb db, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select kind, model, count(*), sum(seconds)::bigint, sum(characters)::bigint,
              sum(input_tokens)::bigint, sum(output_tokens)::bigint, sum(estimated_tokens)::bigint
            from usage_records where at >= $1 and at < $2 group by kind, model order by kind, model
            """,
            [from, to]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var sums = new List<UsageSum>();
        while (await rows.ReadAsync(ct))
        {
            sums.Add(new UsageSum(
                rows.GetString(0),
                rows.GetString(1),
                rows.GetInt64(2),
                rows.GetInt64(3),
                rows.GetInt64(4),
                rows.GetInt64(5),
                rows.GetInt64(6),
                rows.GetInt64(7)));
        }

        return new MonthlyUse(sums);
    }

    /// <summary>
    /// Returns the conversations behind a usage, latest first. Usage outside of conversations, and in deleted ones, is left out.
    /// </summary>
    internal static Task<IReadOnlyList<CountedConversation>> ConversationsAsync(
        TenantDb db,
        string kind,
        (DateTimeOffset From, DateTimeOffset To) period,
        CountedConversation? after,
        int limit,
        CancellationToken ct) =>
        CountedConversation.ReadAsync(
            db,
            """
            select used.conversation_id, used.at
            from usage_records used
            join conversations conversation on conversation.tenant_id = $1 and conversation.id = used.conversation_id
            where used.tenant_id = $1 and used.kind = $2 and used.at >= $3 and used.at < $4
            """,
            [db.TenantId.Value, kind, period.From, period.To],
            after,
            limit,
            ct);

    /// <summary>Returns the seconds used since the first of this month, in UTC.</summary>
    public async Task<long> SecondsThisMonthAsync(TenantId tenant, string kind, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await SecondsThisMonthAsync(db, kind, clock.GetUtcNow(), ct);
    }

    /// <summary>The same within a transaction, as of a moment.</summary>
    public static async Task<long> SecondsThisMonthAsync(TenantDb db, string kind, DateTimeOffset now, CancellationToken ct)
    {
        var month = MonthOf(now);
        await using var command = db.Command(
            "select coalesce(sum(seconds), 0) from usage_records where kind = $1 and at >= $2",
            [kind, month]);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Returns the characters read aloud since the first of this month, in UTC.</summary>
    public async Task<long> CharactersThisMonthAsync(TenantId tenant, string kind, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return await CharactersThisMonthAsync(db, kind, clock.GetUtcNow(), ct);
    }

    /// <summary>The same within a transaction, as of a moment.</summary>
    public static async Task<long> CharactersThisMonthAsync(TenantDb db, string kind, DateTimeOffset now, CancellationToken ct)
    {
        var month = MonthOf(now);
        await using var command = db.Command(
            "select coalesce(sum(characters), 0)::bigint from usage_records where kind = $1 and at >= $2",
            [kind, month]);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
