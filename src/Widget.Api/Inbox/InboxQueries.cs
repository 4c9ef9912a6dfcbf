using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Api.Handoffs;
using Widget.Api.SpokenMarkdown;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Inbox;

/// <summary>Which conversations of the inbox are listed.</summary>
internal enum InboxList
{
    All,
    Waiting,

    /// <summary>The acting rep's.</summary>
    Mine,
    Open,
    Closed,

    /// <summary>Put aside until a time.</summary>
    Snoozed,
    Spam,

    /// <summary>The assistant has the conversation, and something has happened in it. A rep can take it over.</summary>
    Assistant,
}

/// <summary>A query of the inbox.</summary>
/// <param name="List">Which conversations.</param>
/// <param name="Rep">The rep for whom unread messages are counted; required for <see cref="InboxList.Mine"/>.</param>
/// <param name="Query">A part of the visitor's name or address, or of a message; null for all.</param>
/// <param name="After">The cursor of the page before; null for the first page.</param>
/// <param name="Limit">Maximum number of conversations.</param>
internal sealed record InboxQuery(InboxList List, Guid? Rep, string? Query, InboxCursor? After, int Limit);

/// <summary>The last conversation of a page. Its text form is opaque to callers.</summary>
internal sealed record InboxCursor(DateTimeOffset At, Guid Id)
{
    public static InboxCursor? Parse(string text) =>
        text.Split('-') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at)
        && at >= DateTimeOffset.UnixEpoch.Ticks && at <= DateTimeOffset.MaxValue.Ticks
        && Guid.TryParseExact(id, "N", out var conversation)
            ? new InboxCursor(new DateTimeOffset(at, TimeSpan.Zero), conversation)
            : null;

    public override string ToString() => $"{At.UtcTicks:x}-{Id:N}";
}

/// <summary>Reads the inbox.</summary>
internal sealed class InboxQueries(TenantDatabase database, InboxReps reps)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
    private const int MaxTextLength = 200;

    // What the visitor said about themselves in the conversation is newer than what the page says.
    private const string Columns =
        """
        select conversation.id, coalesce(handoff.state, 'assistant'), visitor.id,
               coalesce(given.name, visitor.traits ->> 'name'), coalesce(given.email, visitor.traits ->> 'email'), visitor.locale,
               exists (select from visitor_bans where tenant_id = $1 and visitor_id = visitor.id),
               handoff.reason, handoff.requested_at, handoff.unanswered_since, handoff.rep_id, handoff.offered_to, handoff.offered_until,
               last.kind, last.speaker, last.text, last.created_at, unread.messages, page.address,
               handoff.snoozed_until, coalesce(handoff.spam, false), conversation.last_seq, coalesce(handoff.visitor_read_seq, 0),
               conversation.updated_at
        from conversations conversation
        join visitors visitor on visitor.tenant_id = $1 and visitor.id = conversation.visitor_id
        left join handoffs handoff on handoff.tenant_id = $1 and handoff.conversation_id = conversation.id
        left join lateral (
          select kind, data ->> 'speaker' as speaker, left(data ->> 'text', 1000) as text, created_at from conversation_events
          where tenant_id = $1 and conversation_id = conversation.id
            and kind in ('visitor_message', 'assistant_message', 'person_message', 'utterance')
          order by seq desc limit 1
        ) last on true
        left join lateral (
          select (array_agg(data ->> 'name' order by seq desc) filter (where data ->> 'name' is not null))[1] as name,
                 (array_agg(data ->> 'email' order by seq desc) filter (where data ->> 'email' is not null))[1] as email
          from conversation_events
          where tenant_id = $1 and conversation_id = conversation.id and kind in ('person_requested', 'contact_given')
        ) given on true
        left join lateral (
          select data ->> 'page' as address from conversation_events
          where tenant_id = $1 and conversation_id = conversation.id and kind = 'visitor_message' and data ->> 'page' is not null
          order by seq desc limit 1
        ) page on true
        cross join lateral (
          select count(*)::integer as messages from conversation_events
          where tenant_id = $1 and conversation_id = conversation.id and kind = 'visitor_message' and seq > (
            select coalesce(max(read_seq), 0) from handoff_readers
            where tenant_id = $1 and conversation_id = conversation.id and ($2::uuid is null or rep_id = $2))
        ) unread
        where conversation.tenant_id = $1
        """;

    // The conversations of a page are chosen first, so that what is shown of them is read only for these. The search reads
    // all texts and names once, before it looks through the list.
    private const string Chosen =
        """
         and conversation.id in (
          select conversation.id from conversations conversation
          left join handoffs handoff on handoff.tenant_id = $1 and handoff.conversation_id = conversation.id
          where conversation.tenant_id = $1
            and ($3::text is null
              or conversation.id in (
                select conversation_id from searchable_messages where tenant_id = $1 and strpos(text, lower($3)) > 0)
              or conversation.visitor_id in (
                select id from visitors
                where tenant_id = $1
                  and (strpos(lower(traits ->> 'name'), lower($3)) > 0 or strpos(lower(traits ->> 'email'), lower($3)) > 0)))
        """;

    // Those who wait longest come first; the others by their last activity.
    private const string WaitingFirst = " order by handoff.requested_at, conversation.id";
    private const string AfterWaiting = " and ($4::timestamptz is null or (handoff.requested_at, conversation.id) > ($4, $5))";
    private const string NewestFirst = " order by conversation.updated_at desc, conversation.id desc";
    private const string AfterNewest = " and ($4::timestamptz is null or (conversation.updated_at, conversation.id) < ($4, $5))";

    /// <summary>Lists the conversations of one of the inbox's lists.</summary>
    public async Task<InboxPage> ListAsync(TenantId tenant, InboxQuery query, CancellationToken ct)
    {
        var names = await reps.NamesAsync(tenant, ct);
        var filter = query.List switch
        {
            InboxList.Waiting => "handoff.state = 'waiting' and not handoff.spam",
            InboxList.Mine => "handoff.state = 'open' and handoff.rep_id = $2 and handoff.snoozed_until is null",
            InboxList.Open => "handoff.state = 'open' and handoff.snoozed_until is null",
            InboxList.Closed => "handoff.state = 'closed' and not handoff.spam",
            InboxList.Snoozed => "handoff.state = 'open' and handoff.snoozed_until is not null",
            InboxList.Spam => "handoff.spam",
            InboxList.Assistant => "(handoff.state is null or handoff.state = 'assistant') and conversation.last_seq > 0",
            _ => "handoff.state is not null",
        };
        var (after, order) = query.List == InboxList.Waiting ? (AfterWaiting, WaitingFirst) : (AfterNewest, NewestFirst);
        await using var batch = database.Batch(tenant).Add(
            $"{Columns}{Chosen} and {filter}{after}{order} limit $6){order}",
            [
                tenant.Value,
                Handoff.Uuid(query.Rep),
                Handoff.Text(query.Query?.Trim() is { Length: > 0 } text ? text : null),
                new NpgsqlParameter { Value = (object?)query.After?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                Handoff.Uuid(query.After?.Id),
                query.Limit + 1,
            ]);
        await using var rows = await batch.ReadAsync(ct);
        var items = new List<(InboxItem Item, DateTimeOffset Order)>();
        while (await rows.ReadAsync(ct))
            items.Add((Read(rows, names), rows.GetFieldValue<DateTimeOffset>(query.List == InboxList.Waiting ? 8 : 23)));
        if (items.Count <= query.Limit) return new InboxPage([.. items.Select(entry => entry.Item)], Next: null);
        items.RemoveAt(query.Limit);
        var last = items[^1];
        return new InboxPage(
            [.. items.Select(entry => entry.Item)],
            new InboxCursor(last.Order, last.Item.ConversationId).ToString());
    }

    /// <summary>
    /// Counts the conversations that need attention. Closed ones are not counted, because there are many.
    /// </summary>
    public async Task<InboxCounts> CountAsync(TenantId tenant, Guid? rep, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            """
            select count(*) filter (where state = 'waiting')::integer,
                   count(*) filter (where state = 'open' and snoozed_until is null and rep_id = $2)::integer,
                   count(*) filter (where state = 'open' and snoozed_until is null)::integer,
                   count(*) filter (where state = 'open' and snoozed_until is not null)::integer
            from handoffs where tenant_id = $1 and state in ('waiting', 'open') and not spam
            """,
            [tenant.Value, Handoff.Uuid(rep)]);
        await using var row = await batch.ReadAsync(ct);
        await row.ReadAsync(ct);
        return new InboxCounts(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3));
    }

    /// <summary>Returns one conversation. Null if there is none.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="rep">The rep for whom unread messages are counted; null for all.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<InboxItem?> FindAsync(TenantId tenant, ConversationId conversation, Guid? rep, CancellationToken ct)
    {
        var names = await reps.NamesAsync(tenant, ct);
        await using var batch = database.Batch(tenant).Add(
            Columns + " and conversation.id = $3",
            [tenant.Value, Handoff.Uuid(rep), conversation.Value]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct) ? Read(row, names) : null;
    }

    /// <summary>
    /// The same, but null also if no person was ever asked for, so that the conversation is not in the inbox, unless the rep looks at it.
    /// </summary>
    public async Task<InboxItem?> FindInInboxAsync(TenantId tenant, ConversationId conversation, Guid rep, CancellationToken ct)
    {
        await using (var batch = database.Batch(tenant).Add(
            """
            select 1 from handoffs where tenant_id = $1 and conversation_id = $2
            union all
            select 1 from handoff_readers
            where tenant_id = $1 and conversation_id = $2 and rep_id = $3 and looked_at > now() - interval '45 seconds'
            """,
            [tenant.Value, conversation.Value, rep]))
        await using (var row = await batch.ReadAsync(ct))
        {
            if (!await row.ReadAsync(ct)) return null;
        }

        return await FindAsync(tenant, conversation, rep, ct);
    }

    /// <summary>Returns a conversation with its events after a seq, its notes and who looks at it. Null if there is none.</summary>
    public async Task<InboxThread?> ThreadAsync(TenantId tenant, ConversationId conversation, Guid? rep, int after, CancellationToken ct)
    {
        if (await FindAsync(tenant, conversation, rep, ct) is not { } item) return null;
        var names = await reps.NamesAsync(tenant, ct);
        await using var db = await database.BeginAsync(tenant, ct);
        var events = await ConversationLog.ReadAsync(db, conversation, after, ct);
        var notes = await db.Notes.AsNoTracking().Where(row => row.ConversationId == conversation)
            .OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).ToListAsync(ct);
        var viewers = await PresenceService.ViewersAsync(db, conversation, ct);
        return new InboxThread(
            item,
            events,
            [.. notes.Select(note => new InboxNote(note.Id, Named(note.RepId), note.Text, note.CreatedAt))],
            [.. viewers.Select(Named)]);

        InboxRep Named(Guid id) => new(id, names.GetValueOrDefault(id, ""));
    }

    private static InboxItem Read(NpgsqlDataReader row, IReadOnlyDictionary<Guid, string> names)
    {
        var state = Enum.Parse<InboxState>(row.GetString(1), ignoreCase: true);
        return new InboxItem
        {
            ConversationId = row.GetGuid(0),
            State = state,
            Visitor = new InboxVisitor(row.GetGuid(2), Text(row, 3), Text(row, 4), Text(row, 5)) { Banned = row.GetBoolean(6) },
            Reason = Text(row, 7),
            WaitingSince = state switch
            {
                InboxState.Waiting => Time(row, 8),
                InboxState.Open => Time(row, 9),
                _ => null,
            },
            Rep = state is InboxState.Open or InboxState.Closed && !row.IsDBNull(10)
                ? new InboxRep(row.GetGuid(10), names.GetValueOrDefault(row.GetGuid(10), ""))
                : null,
            OfferedTo = row.IsDBNull(11) ? null : row.GetGuid(11),
            OfferedUntil = Time(row, 12),
            LastMessage = row.IsDBNull(13) ? null : LastMessage(row),
            Unread = row.GetInt32(17),
            Page = Text(row, 18),
            SnoozedUntil = Time(row, 19),
            Spam = row.GetBoolean(20),
            LastSeq = row.GetInt32(21),
            VisitorReadSeq = row.GetInt32(22),
        };
    }

    private static InboxMessage LastMessage(NpgsqlDataReader row)
    {
        var (kind, speaker, text) = (row.GetString(13), Text(row, 14), Text(row, 15) ?? "");
        var from = kind switch
        {
            "visitor_message" => "visitor",
            "person_message" => "person",
            "utterance" when speaker == "visitor" => "visitor",
            _ => "assistant",
        };
        var line = VisitNotes.Line(kind == "assistant_message" ? SpokenText.Of(text) : text);
        return new InboxMessage(from, Truncation.Truncate(line, MaxTextLength), row.GetFieldValue<DateTimeOffset>(16));
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
