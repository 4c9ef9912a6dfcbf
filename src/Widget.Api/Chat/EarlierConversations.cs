using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Api.SpokenMarkdown;
using Widget.Api.Visitors;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Chat;

/// <summary>Lists a visitor's conversations.</summary>
internal sealed class EarlierConversations(TenantDatabase database)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    private const int MaxTitleLength = 120;
    private const int MaxPreviewLength = 160;

    private static readonly string[] Spoken = ["visitor_message", "assistant_message", "person_message", "utterance"];

    /// <summary>Returns the conversations that have a message, newest first. Null if the cursor is invalid.</summary>
    /// <param name="visitor">The visitor.</param>
    /// <param name="before">The cursor: <see cref="ConversationPage.Next"/> of the page before. Null for the first page.</param>
    /// <param name="limit">Maximum number of conversations.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<ConversationPage?> ListAsync(VisitorTicket visitor, string? before, int limit, CancellationToken ct)
    {
        Cursor? cursor = null;
        if (before is not null && (cursor = Cursor.Parse(before)) is null) return null;
        // Enough of a text to shorten it; a message may have thousands of characters.
        await using var batch = database.Batch(visitor.Tenant).Add(
            """
            select conversation.id, conversation.created_at, conversation.updated_at, conversation.last_seq,
                   first.text, last.kind, last.text
            from conversations conversation
            cross join lateral (
              select kind, left(data ->> 'text', 1000) as text from conversation_events
              where tenant_id = $1 and conversation_id = conversation.id and kind = any($6)
              order by seq desc limit 1
            ) last
            left join lateral (
              select left(data ->> 'text', 1000) as text from conversation_events
              where tenant_id = $1 and conversation_id = conversation.id and kind = 'visitor_message'
              order by seq limit 1
            ) first on true
            where conversation.tenant_id = $1 and conversation.visitor_id = $2
              and ($3::timestamptz is null or (conversation.updated_at, conversation.id) < ($3, $4))
            order by conversation.updated_at desc, conversation.id desc
            limit $5
            """,
            [
                visitor.Tenant.Value,
                visitor.Visitor.Value,
                new NpgsqlParameter { Value = (object?)cursor?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter { Value = (object?)cursor?.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                limit + 1,
                Spoken,
            ]);
        var items = new List<ConversationSummary>();
        await using var rows = await batch.ReadAsync(ct);
        while (await rows.ReadAsync(ct)) items.Add(Read(rows));
        if (items.Count <= limit) return new ConversationPage(items, Next: null);
        items.RemoveAt(limit);
        return new ConversationPage(items, new Cursor(items[^1].LastAt, items[^1].Id).ToString());
    }

    private static ConversationSummary Read(NpgsqlDataReader row)
    {
        var title = row.IsDBNull(4) ? null : Shorten(row.GetString(4), MaxTitleLength);
        var last = row.GetString(6);
        return new ConversationSummary(
            row.GetGuid(0),
            row.GetFieldValue<DateTimeOffset>(1),
            row.GetFieldValue<DateTimeOffset>(2),
            title,
            Shorten(row.GetString(5) == "assistant_message" ? SpokenText.Of(last) : last, MaxPreviewLength),
            row.GetInt32(3));
    }

    private static string? Shorten(string text, int maxLength)
    {
        var line = VisitNotes.Line(text);
        if (line.Length > maxLength) line = Truncation.Truncate(line, maxLength - 1).TrimEnd() + "…";
        return line.Length > 0 ? line : null;
    }

    /// <summary>The last conversation of a page. Its text form is opaque to callers.</summary>
    private sealed record Cursor(DateTimeOffset At, Guid Id)
    {
        public static Cursor? Parse(string text) =>
            text.Split('-') is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at)
            && at >= DateTimeOffset.UnixEpoch.Ticks && at <= DateTimeOffset.MaxValue.Ticks
            && Guid.TryParseExact(id, "N", out var conversation)
                ? new Cursor(new DateTimeOffset(at, TimeSpan.Zero), conversation)
                : null;

        public override string ToString() => $"{At.UtcTicks:x}-{Id:N}";
    }
}
