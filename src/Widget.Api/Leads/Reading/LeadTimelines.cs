using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using NpgsqlTypes;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Leads.Reading;

/// <summary>Lists what happened to leads: events of their conversations, and what was done with them.</summary>
internal sealed class LeadTimelines(TenantDatabase database)
{
    private static readonly FrozenDictionary<Type, string> Kinds = typeof(ConversationEvent)
        .GetCustomAttributes<JsonDerivedTypeAttribute>()
        .ToFrozenDictionary(kind => kind.DerivedType, kind => (string)kind.TypeDiscriminator!);

    // What is about the visitor. The assistant's answers are in the conversation.
    private static readonly string[] Shown =
    [
        .. Kinds.Values.Except(
            ["assistant_message", "utterance", "utterances_checked", "knowledge_shown", "tavus_conversation_created"],
            StringComparer.Ordinal),
    ];

    /// <summary>
    /// Returns a page of the timeline, newest first. Both are null if there is no such lead; the second is true if the cursor is invalid.
    /// </summary>
    public async Task<(LeadTimeline? Timeline, bool IsInvalid)> ReadAsync(
        TenantId tenant,
        LeadId id,
        string? after,
        int limit,
        CancellationToken ct)
    {
        Place? before = null;
        if (after is not null && (before = Place.Parse(after)) is null) return (null, true);
        await using var db = await database.BeginAsync(tenant, ct);
        if (await LeadReader.FindAsync(db, id, ct) is not { } lead) return (null, false);
        var entries = new List<(Place Place, TimelineEntry Entry)>();
        var events = await ConversationQueries.LatestAsync(
            db,
            [.. lead.ConversationIds],
            Shown,
            before is { } place ? (place.At, place.Id, place.Seq) : null,
            limit + 1,
            ct);
        foreach (var (conversation, entry) in events)
            entries.Add((new Place(entry.At, conversation.Value, entry.Seq), Show(conversation, entry)));
        await AddChangesAsync(db, lead, before, limit, entries, ct);
        var created = new Place(lead.CreatedAt, lead.Id, 0);
        if (before is not { } end || created.Order.CompareTo(end.Order) < 0)
            entries.Add((created, new TimelineEntry { At = lead.CreatedAt, Kind = "created" }));
        var page = entries.OrderByDescending(entry => entry.Place.Order).Take(limit + 1).ToList();
        return (
            new LeadTimeline(
                [.. page.Take(limit).Select(entry => entry.Entry)],
                page.Count > limit ? page[limit - 1].Place.ToString() : null),
            false);
    }

    private static async Task AddChangesAsync(
        TenantDb db,
        Lead lead,
        Place? before,
        int limit,
        List<(Place, TimelineEntry)> entries,
        CancellationToken ct)
    {
        await using var command = db.Command(
            """
            select created_at, id, kind, actor, rep_id, changes from lead_changes
            where tenant_id = $1 and lead_id = any($2) and ($3::timestamptz is null or (created_at, id, 0) < ($3, $4, $5))
            order by created_at desc, id desc
            limit $6
            """,
            [
                db.TenantId.Value,
                lead.MergedIds.Append(lead.Id).ToArray(),
                new Npgsql.NpgsqlParameter { Value = (object?)before?.At ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                before?.Id ?? Guid.Empty,
                before?.Seq ?? 0,
                limit + 1,
            ]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var at = rows.GetFieldValue<DateTimeOffset>(0);
            entries.Add((
                new Place(at, rows.GetGuid(1), 0),
                new TimelineEntry
                {
                    At = at,
                    Kind = rows.GetString(2),
                    By = rows.GetString(3),
                    RepId = rows.IsDBNull(4) ? null : rows.GetGuid(4),
                    Changes = JsonSerializer.Deserialize<FieldChange[]>(rows.GetString(5), JsonSerializerOptions.Web)!,
                }));
        }
    }

    private static TimelineEntry Show(ConversationId conversation, ConversationEvent entry) => new()
    {
        At = entry.At,
        Kind = Kinds[entry.GetType()],
        ConversationId = conversation.Value,
        Event = entry,
    };

    /// <summary>An entry's place in the order of the timeline. Its text form is opaque to callers.</summary>
    /// <param name="At">The time.</param>
    /// <param name="Id">The conversation, the change or the lead.</param>
    /// <param name="Seq">The event's seq; 0 for others.</param>
    private readonly record struct Place(DateTimeOffset At, Guid Id, int Seq)
    {
        public (DateTimeOffset At, Guid Id, int Seq) Order => (At, Id, Seq);

        public static Place? Parse(string text) =>
            text.Split('-') is [var ticks, var id, var seq]
            && long.TryParse(ticks, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at)
            && at >= DateTimeOffset.UnixEpoch.Ticks && at <= DateTimeOffset.MaxValue.Ticks
            && Guid.TryParseExact(id, "N", out var entry)
            && int.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? new Place(new DateTimeOffset(at, TimeSpan.Zero), entry, number)
                : null;

        public override string ToString() => $"{At.UtcTicks:x}-{Id:N}-{Seq.ToString(CultureInfo.InvariantCulture)}";
    }
}
