using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using Widget.Api.Meetings.Mails;
using Widget.Api.Meetings.Slots;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Web;
using Widget.Platform.Tenancy;
using Widget.Platform.Work;

namespace Widget.Api.Meetings.Busy;

/// <summary>A claimed feed.</summary>
/// <param name="Tenant">Its tenant.</param>
/// <param name="Rep">Its rep.</param>
/// <param name="Worker">The worker that has claimed it.</param>
internal sealed record BusyFeedLease(TenantId Tenant, RepId Rep, Guid Worker);

/// <summary>
/// Reads the reps' calendar feeds. A failure keeps the busy times of the last read, until they are too old to rely on.
/// </summary>
internal sealed partial class BusyFeedWorker(
    NpgsqlDataSource dataSource,
    TenantDatabase database,
    TenantSecrets secrets,
    FeedFetcher fetcher,
    BusyFeedTimings timings,
    WakeUpSignal<BusyFeedWorker> signal,
    TimeProvider clock,
    ILogger<BusyFeedWorker> logger)
    : LeasedWorker<BusyFeedLease>(new WorkerPace(timings.Poll, MaxPause: TimeSpan.FromSeconds(60)), clock, signal)
{
    public const string Undecipherable = "The feed's address can no longer be decrypted. Set it again.";

    private static readonly LeaseTimes Times = new(Length: TimeSpan.FromSeconds(60), Renewal: TimeSpan.FromSeconds(15));

    // Feeds are read while they are up to a day old, so the horizon of bookings moves on by a day meanwhile. A meeting may be long.
    private static readonly Duration Period = RepCalendar.Horizon + Duration.FromDays(3);

    // One slow calendar must not hold up the others. The claim takes at most two of a tenant.
    protected override int Workers => 4;

    protected override LeaseTimes? Lease => Times;

    /// <summary>The name under which a rep's address is encrypted.</summary>
    public static string SecretName(RepId rep) => $"busy_feed:{rep}";

    protected override async Task<BusyFeedLease?> ClaimAsync(WorkerSlot slot, CancellationToken ct)
    {
        var claimed = await dataSource.ClaimAsync(
            "select tenant_id, rep_id from claim_busy_feed($1, $2)",
            [slot.Id, Times.Length],
            row => new BusyFeedLease(new TenantId(row.GetGuid(0)), new RepId(row.GetGuid(1)), slot.Id),
            ct);
        return claimed.SingleOrDefault();
    }

    protected override async Task<bool> RenewAsync(BusyFeedLease lease, CancellationToken ct) =>
        await UpdateAsync(lease, "lease_until = clock_timestamp() + $4", [Times.Length], ct);

    protected override async Task OnCancelledAsync(BusyFeedLease lease, bool isStopping)
    {
        if (isStopping) await UpdateAsync(lease, "lease_owner = null, lease_until = null", [], CancellationToken.None);
    }

    protected override async Task RunAsync(BusyFeedLease lease, CancellationToken ct)
    {
        BusyFeedRow? feed;
        RepRow? rep;
        HashSet<string> own;
        var now = Instant.FromDateTimeOffset(Clock.GetUtcNow());
        await using (var db = await database.BeginAsync(lease.Tenant, ct))
        {
            feed = await db.BusyFeeds.AsNoTracking().SingleOrDefaultAsync(row => row.RepId == lease.Rep, ct);
            rep = await db.Reps.AsNoTracking().SingleOrDefaultAsync(row => row.Id == lease.Rep, ct);
            var since = now.ToDateTimeOffset().AddDays(-2);
            // Meetings that were booked here come back with the feed. They are known better here, above all after they were cancelled.
            var meetings = await db.Meetings
                .Where(row => row.RepId == lease.Rep && row.EndsAt > since)
                .Select(row => row.Id)
                .ToListAsync(ct);
            own = meetings.Select(Invitation.UidOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        }

        if (feed is null || rep is null) return; // Removed meanwhile.
        try
        {
            var url = secrets.Decrypt(lease.Tenant, SecretName(lease.Rep), feed.Url) ?? throw new FeedFailureException(Undecipherable);
            var zone = TimeZones.Find(rep.TimeZone)
                ?? throw new FeedFailureException($"The rep's time zone \"{rep.TimeZone}\" is unknown.");
            var text = await fetcher.FetchAsync(new Uri(url), ct);
            var busy = BusyCalendar.Read(text, zone, now - Duration.FromDays(1), now + Period, own.Contains);
            await SaveAsync(lease, busy, ct);
        }
        catch (FeedFailureException e)
        {
            LogFailed(lease.Tenant, lease.Rep, e.Message);
            var pause = timings.Interval * Math.Pow(2, Math.Min(feed.Failures, 10));
            await UpdateAsync(
                lease,
                "error = $4, failures = failures + 1, due_at = clock_timestamp() + $5, lease_owner = null, lease_until = null",
                [e.Message, pause < timings.MaxPause ? pause : timings.MaxPause],
                ct);
        }
    }

    private async Task SaveAsync(BusyFeedLease lease, IntervalSet busy, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(lease.Tenant, ct);
        await using var save = db.Command(
            """
            update busy_feeds
            set read_at = $3, error = null, failures = 0, due_at = clock_timestamp() + $4, lease_owner = null, lease_until = null
            where rep_id = $1 and lease_owner = $2
            """,
            [lease.Rep.Value, lease.Worker, Clock.GetUtcNow(), timings.Interval]);
        // If the address or the zone has changed meanwhile, what was read is not the rep's calendar any more.
        if (await save.ExecuteNonQueryAsync(ct) == 0) return;
        await db.BusyTimes.Where(row => row.RepId == lease.Rep).ExecuteDeleteAsync(ct);
        await using var add = db.Command(
            """
            insert into busy_times (tenant_id, rep_id, starts_at, ends_at)
            select $1, $2, * from unnest($3::timestamptz[], $4::timestamptz[])
            """,
            [
                lease.Tenant.Value,
                lease.Rep.Value,
                busy.Intervals.Select(interval => interval.Start.ToDateTimeUtc()).ToArray(),
                busy.Intervals.Select(interval => interval.End.ToDateTimeUtc()).ToArray(),
            ]);
        await add.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
    }

    private async Task<bool> UpdateAsync(BusyFeedLease lease, string set, object[] values, CancellationToken ct)
    {
        await using var batch = database.Batch(lease.Tenant).Add(
            $"update busy_feeds set {set} where tenant_id = $3 and rep_id = $1 and lease_owner = $2 returning 1",
            [lease.Rep.Value, lease.Worker, lease.Tenant.Value, .. values]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The calendar feed of rep {Rep} of tenant {Tenant} could not be read: {Reason}")]
    private partial void LogFailed(TenantId tenant, RepId rep, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is unavailable; calendar feeds are read when it is back")]
    protected override partial void LogDatabaseUnavailable(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Reading a calendar feed failed unexpectedly and is retried")]
    protected override partial void LogFailure(Exception exception);
}
