using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Widget.Api.Reps;
using Widget.Api.Web;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Meetings.Slots;

/// <summary>Reads from the database when meetings can be booked.</summary>
internal sealed class SlotReader(TimeProvider clock)
{
    /// <summary>Number of slots that a refusal offers instead.</summary>
    public const int MaxAlternatives = 6;

    /// <summary>How old the busy times of a feed may be. A rep with older ones has no free times.</summary>
    public static readonly TimeSpan MaxFeedAge = TimeSpan.FromHours(24);

    // Meetings that begin on the same day of the rep count for the daily limit, and buffers reach over the edges of the range.
    private static readonly Duration Margin = Duration.FromDays(2);
    private static readonly Duration FirstAlternatives = Duration.FromDays(14);

    // Row-level security restricts the statements to the tenant, too. Naming it lets the indexes be used.
    private const string RepsSql =
        """
        select rep.id, rep.name, rep.email, rep.time_zone, rep.hours::text, rep.last_assigned_at,
               (select count(*) from meetings
                where tenant_id = $1 and rep_id = rep.id and state = 'booked' and starts_at > $3)
        from reps rep
        left join busy_feeds feed on feed.tenant_id = rep.tenant_id and feed.rep_id = rep.id
        where rep.tenant_id = $1 and rep.removed_at is null and rep.hours is not null and ($2::uuid is null or rep.id = $2)
          and (feed.rep_id is null or feed.read_at > $4)
        """;

    private const string MeetingsSql =
        """
        select rep_id, starts_at, ends_at from meetings
        where tenant_id = $1 and ($2::uuid is null or rep_id = $2) and state = 'booked' and starts_at < $4 and ends_at > $3
          and id is distinct from $5::uuid
        """;

    private const string BusySql =
        """
        select rep_id, starts_at, ends_at from busy_times
        where tenant_id = $1 and ($2::uuid is null or rep_id = $2) and starts_at < $4 and ends_at > $3
        """;

    public Instant Now => Instant.FromDateTimeOffset(clock.GetUtcNow());

    /// <summary>Whether the tenant has this rep.</summary>
    public static async Task<bool> ExistsAsync(TenantDb db, RepId rep, CancellationToken ct)
    {
        await using var command = db.Command("select 1 from reps where id = $1 and removed_at is null", [rep.Value]);
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    /// <summary>
    /// Returns the reps with whom meetings that begin in an interval can be booked, as far as it matters for that interval.
    /// </summary>
    /// <param name="db">An open transaction.</param>
    /// <param name="rep">The only rep to read; null for all.</param>
    /// <param name="from">The start of the interval.</param>
    /// <param name="to">Its end.</param>
    /// <param name="except">A meeting that does not block anything, because it is about to move; null for none.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<IReadOnlyList<BookableRep>> ReadAsync(
        TenantDb db,
        RepId? rep,
        Instant from,
        Instant to,
        MeetingId? except,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (tenant, id) = (db.TenantId.Value, Uuid(rep?.Value));
        var (first, last) = ((from - Margin).ToDateTimeOffset(), (to + Margin).ToDateTimeOffset());
        await using var batch = db.Batch();
        Add(batch, RepsSql, tenant, id, now, now - MaxFeedAge);
        Add(batch, MeetingsSql, tenant, Uuid(rep?.Value), first, last, Uuid(except?.Value));
        Add(batch, BusySql, tenant, Uuid(rep?.Value), first, last);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        var found = new List<StoredRep>();
        while (await rows.ReadAsync(ct)) found.Add(StoredRep.Read(rows));
        await rows.NextResultAsync(ct);
        var meetings = await ReadIntervalsAsync(rows, ct);
        await rows.NextResultAsync(ct);
        var busy = await ReadIntervalsAsync(rows, ct);
        return [.. found.Select(stored => stored.ToBookable(meetings[stored.Id].ToList(), busy[stored.Id])).OfType<BookableRep>()];
    }

    /// <summary>
    /// Returns the free times of a range, each once. Of several reps who are free, it has the one whose turn it is.
    /// </summary>
    public async Task<IReadOnlyList<(Interval Slot, BookableRep Rep)>> FindAsync(
        TenantDb db,
        RepId? rep,
        Instant from,
        Instant to,
        MeetingId? except,
        CancellationToken ct)
    {
        var now = Now;
        from = Instant.Max(from, now);
        to = Instant.Min(to, now + RepCalendar.Horizon + Duration.Epsilon);
        if (from >= to) return [];
        var reps = await ReadAsync(db, rep, from, to, except, ct);
        return
        [
            .. BookableRep.InTurn(reps)
                .SelectMany(candidate => candidate.Calendar.FreeSlots(from, to, now).Select(slot => (slot, candidate)))
                .DistinctBy(found => found.slot.Start)
                .OrderBy(found => found.slot.Start),
        ];
    }

    /// <summary>Returns the first free times from an instant on, or the very first ones if there are none later.</summary>
    public async Task<IReadOnlyList<(Interval Slot, BookableRep Rep)>> FindAlternativesAsync(
        TenantDb db,
        RepId? rep,
        Instant from,
        MeetingId? except,
        CancellationToken ct)
    {
        var now = Now;
        from = Instant.Max(from, now);
        foreach (var (start, end) in new[] { (from, from + FirstAlternatives), (from, now + RepCalendar.Horizon), (now, from) })
        {
            if (start >= end) continue;
            var found = await FindAsync(db, rep, start, end, except, ct);
            if (found.Count > 0) return [.. found.Take(MaxAlternatives)];
        }

        return [];
    }

    /// <summary>Returns the slots as the API shows them, with the offsets of a time zone.</summary>
    public static IReadOnlyList<MeetingSlot> Show(
        IEnumerable<(Interval Slot, BookableRep Rep)> slots,
        DateTimeZone zone,
        bool withNames) =>
        [
            .. slots.Select(found => new MeetingSlot
            {
                Start = found.Slot.Start.InZone(zone).ToDateTimeOffset(),
                End = found.Slot.End.InZone(zone).ToDateTimeOffset(),
                Rep = found.Rep.Id.Value,
                RepName = withNames ? found.Rep.Name : null,
            }),
        ];

    private static async Task<ILookup<RepId, Interval>> ReadIntervalsAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        var read = new List<(RepId Rep, Interval Interval)>();
        while (await rows.ReadAsync(ct))
        {
            var start = Instant.FromDateTimeOffset(rows.GetFieldValue<DateTimeOffset>(1));
            var end = Instant.FromDateTimeOffset(rows.GetFieldValue<DateTimeOffset>(2));
            read.Add((new RepId(rows.GetGuid(0)), new Interval(start, end)));
        }

        return read.ToLookup(entry => entry.Rep, entry => entry.Interval);
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in parameters) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Uuid(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private sealed record StoredRep(
        RepId Id,
        string Name,
        string Email,
        string TimeZone,
        string Hours,
        Instant? LastAssigned,
        long Upcoming)
    {
        public static StoredRep Read(NpgsqlDataReader row) => new(
            new RepId(row.GetGuid(0)),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.IsDBNull(5) ? null : Instant.FromDateTimeOffset(row.GetFieldValue<DateTimeOffset>(5)),
            row.GetInt64(6));

        // Null if the zone does not exist any more: then nothing is known about the rep's hours.
        public BookableRep? ToBookable(IReadOnlyCollection<Interval> meetings, IEnumerable<Interval> busy)
        {
            if (TimeZones.Find(TimeZone) is not { } zone) return null;
            var calendar = new RepCalendar(RepRow.ParseHours(Hours), zone, meetings, busy);
            return new BookableRep(Id, Name, Email, zone, calendar, Upcoming, LastAssigned);
        }
    }
}
