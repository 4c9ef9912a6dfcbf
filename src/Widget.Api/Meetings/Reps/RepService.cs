using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Meetings.Busy;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;
using Widget.Platform.Work;

namespace Widget.Api.Meetings.Reps;

/// <summary>The outcome of a change of a rep.</summary>
internal enum RepChange
{
    Done,

    NotFound,

    /// <summary>Only administrators change addresses.</summary>
    NotAllowed,

    /// <summary>Another rep has the address.</summary>
    EmailTaken,
}

/// <summary>The outcome of removing a rep.</summary>
internal enum RepRemoval
{
    Removed,

    /// <summary>There is no such rep.</summary>
    NotFound,

    /// <summary>The rep has meetings that have not ended.</summary>
    HasMeetings,
}

/// <summary>Reps, their hours and the addresses of their calendar feeds.</summary>
internal sealed class RepService(
    TenantDatabase database,
    TenantSecrets secrets,
    WakeUpSignal<BusyFeedWorker> feeds,
    TimeProvider clock)
{
    /// <summary>Maximum number of reps of a tenant.</summary>
    public const int MaxReps = 500;

    /// <summary>Adds a rep. Null if the tenant has as many as it may have.</summary>
    public async Task<Rep?> AddAsync(TenantId tenant, RepRequest request, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("reps", ct);
        if (await db.Reps.CountAsync(row => row.RemovedAt == null, ct) >= MaxReps) return null;
        var rep = new RepRow
        {
            TenantId = tenant,
            Id = RepId.New(),
            Name = GivenText.Line(request.Name),
            Email = request.Email.Trim(),
            TimeZone = request.TimeZone,
            CreatedAt = clock.GetUtcNow(),
        };
        db.Reps.Add(rep);
        await db.CommitAsync(ct);
        return Show(rep);
    }

    /// <summary>
    /// Returns the rep with an e-mail address, and adds one if there is none. A new rep has no hours, so visitors can't book meetings with
    /// it yet. Null if the tenant has as many reps as it may have.
    /// </summary>
    public async Task<Rep?> FindOrAddAsync(TenantId tenant, string name, string email, CancellationToken ct)
    {
        if (await FindAsync() is { } rep) return rep;
        await using var db = await database.BeginAsync(tenant, ct);
        // Two first requests of a member must not add two reps.
        await db.LockAsync("reps", ct);
        if (await FindAsync() is { } other) return other;
        if (await db.Reps.CountAsync(row => row.RemovedAt == null, ct) >= MaxReps) return null;
        var added = new RepRow
        {
            TenantId = tenant,
            Id = RepId.New(),
            Name = name,
            Email = email,
            TimeZone = "UTC",
            CreatedAt = clock.GetUtcNow(),
        };
        db.Reps.Add(added);
        await db.CommitAsync(ct);
        return Show(added);

        async Task<Rep?> FindAsync() => (await ListAsync(tenant, ct))
            .FirstOrDefault(row => string.Equals(row.Email, email, StringComparison.OrdinalIgnoreCase));
    }

    public async Task<IReadOnlyList<Rep>> ListAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Ids are ordered by time.
        var rows = await db.Reps.AsNoTracking().Where(row => row.RemovedAt == null).OrderBy(row => row.Id).ToListAsync(ct);
        return [.. rows.Select(Show)];
    }

    /// <summary>Returns the names of all reps, also of removed ones.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var rows = await db.Reps.AsNoTracking().Select(row => new { row.Id, row.Name }).ToListAsync(ct);
        return rows.ToDictionary(row => row.Id.Value, row => row.Name);
    }

    /// <summary>Changes a rep.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="id">The rep.</param>
    /// <param name="changes">What is changed.</param>
    /// <param name="mayChangeEmail">Whether the caller may change the address. It says which member the rep is.</param>
    /// <param name="ct">Cancels the change.</param>
    public async Task<(Rep? Rep, RepChange Outcome)> ChangeAsync(
        TenantId tenant,
        RepId id,
        RepChanges changes,
        bool mayChangeEmail,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await db.LockAsync("reps", ct);
        if (await FindAsync(db, id, ct) is not { } rep) return (null, RepChange.NotFound);
        if (changes.Email?.Trim() is { } address && !string.Equals(address, rep.Email, StringComparison.OrdinalIgnoreCase))
        {
            if (!mayChangeEmail) return (null, RepChange.NotAllowed);
            var lower = address.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862 // The database compares.
            if (await db.Reps.AnyAsync(row => row.Id != id && row.RemovedAt == null && row.Email.ToLower() == lower, ct))
                return (null, RepChange.EmailTaken);
#pragma warning restore CA1304, CA1311, CA1862
        }

        if (changes.Name is { } name) rep.Name = GivenText.Line(name);
        if (changes.Email is { } email) rep.Email = email.Trim();
        rep.Away = changes.Away ?? rep.Away;
        if (changes.Territories is { } territories) rep.Territories = JsonSerializer.Serialize(territories, JsonSerializerOptions.Web);
        if (changes.HasLeadsPerDay) rep.LeadsPerDay = changes.LeadsPerDay;
        var isMoved = changes.TimeZone is { } zone && zone != rep.TimeZone;
        rep.TimeZone = changes.TimeZone ?? rep.TimeZone;
        // Whole days of the feed are days of the rep's zone. Until they are read again, nothing is known about them.
        if (isMoved) await MakeDueAsync(db, id, ct);
        await db.CommitAsync(ct);
        if (isMoved) feeds.Raise();
        return (Show(rep), RepChange.Done);
    }

    /// <summary>Removes a rep without upcoming or running meetings. Past meetings stay.</summary>
    public async Task<RepRemoval> RemoveAsync(TenantId tenant, RepId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // No meeting may be booked between the check and the removal.
        await db.LockAsync(MeetingLocks.Booking, ct);
        if (await FindAsync(db, id, ct) is not { } rep) return RepRemoval.NotFound;
        var now = clock.GetUtcNow();
        if (await db.Meetings.AnyAsync(row => row.RepId == id && row.State == MeetingRow.Booked && row.EndsAt > now, ct))
            return RepRemoval.HasMeetings;
        (rep.RemovedAt, rep.Email, rep.Hours) = (now, "", null);
        await db.BusyFeeds.Where(row => row.RepId == id).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return RepRemoval.Removed;
    }

    /// <summary>Returns a rep's hours. Null if there is no such rep.</summary>
    public async Task<RepHours?> ReadHoursAsync(TenantId tenant, RepId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return (await FindAsync(db, id, ct))?.ParseHours();
    }

    /// <summary>Replaces a rep's hours. False if there is no such rep. Meetings that are booked stay.</summary>
    public async Task<bool> SaveHoursAsync(TenantId tenant, RepId id, RepHours hours, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await FindAsync(db, id, ct) is not { } rep) return false;
        rep.Hours = JsonSerializer.Serialize(hours, JsonSerializerOptions.Web);
        await db.CommitAsync(ct);
        return true;
    }

    /// <summary>Returns the state of a rep's feed. Null if there is no such rep.</summary>
    public async Task<BusyFeedState?> ReadFeedAsync(TenantId tenant, RepId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        if (await FindAsync(db, id, ct) is null) return null;
        if (await db.BusyFeeds.AsNoTracking().SingleOrDefaultAsync(row => row.RepId == id, ct) is not { } feed)
            return new BusyFeedState { Current = true };
        var url = secrets.Decrypt(tenant, BusyFeedWorker.SecretName(id), feed.Url);
        return new BusyFeedState
        {
            Url = url is null ? null : Masked(new Uri(url)),
            FetchedAt = feed.ReadAt,
            Error = url is null ? BusyFeedWorker.Undecipherable : feed.Error,
            Current = feed.ReadAt > clock.GetUtcNow() - Slots.SlotReader.MaxFeedAge,
        };
    }

    // Whoever knows the whole address can read the calendar.
    private static string Masked(Uri url) => $"{url.GetLeftPart(UriPartial.Authority)}/…{url.AbsoluteUri[^4..]}";

    /// <summary>Sets or removes a rep's feed. False if there is no such rep. The same address is read again at once.</summary>
    public async Task<bool> SaveFeedAsync(TenantId tenant, RepId id, Uri? url, CancellationToken ct)
    {
        await using (var db = await database.BeginAsync(tenant, ct))
        {
            await using var hold = db.Command("select 1 from reps where id = $1 and removed_at is null for update", [id.Value]);
            if (await hold.ExecuteScalarAsync(ct) is null) return false;
            var name = BusyFeedWorker.SecretName(id);
            var feed = await db.BusyFeeds.AsNoTracking().SingleOrDefaultAsync(row => row.RepId == id, ct);
            if (feed is not null && url is not null && secrets.Decrypt(tenant, name, feed.Url) == url.AbsoluteUri)
            {
                await using var due = db.Command("update busy_feeds set due_at = now() where rep_id = $1", [id.Value]);
                await due.ExecuteNonQueryAsync(ct);
            }
            else
            {
                await db.BusyFeeds.Where(row => row.RepId == id).ExecuteDeleteAsync(ct);
                if (url is not null) await AddFeedAsync(db, id, secrets.Encrypt(tenant, name, url.AbsoluteUri), ct);
            }

            await db.CommitAsync(ct);
        }

        feeds.Raise();
        return true;
    }

    private static async Task<RepRow?> FindAsync(TenantDb db, RepId id, CancellationToken ct) =>
        await db.Reps.SingleOrDefaultAsync(row => row.Id == id && row.RemovedAt == null, ct);

    private static async Task AddFeedAsync(TenantDb db, RepId rep, string encryptedUrl, CancellationToken ct)
    {
        await using var add = db.Command(
            "insert into busy_feeds (tenant_id, rep_id, url) values ($1, $2, $3)",
            [db.TenantId.Value, rep.Value, encryptedUrl]);
        await add.ExecuteNonQueryAsync(ct);
    }

    // Also takes the lease from a worker that reads the feed in the old zone.
    private static async Task MakeDueAsync(TenantDb db, RepId rep, CancellationToken ct)
    {
        await using var due = db.Command(
            "update busy_feeds set due_at = now(), read_at = null, lease_owner = null, lease_until = null where rep_id = $1",
            [rep.Value]);
        await due.ExecuteNonQueryAsync(ct);
    }

    private static Rep Show(RepRow row) => new()
    {
        Id = row.Id.Value,
        Name = row.Name,
        Email = row.Email,
        TimeZone = row.TimeZone,
        HasHours = row.ParseHours().Weekly.Count > 0,
        Away = row.Away,
        Territories = row.ParseTerritories(),
        LeadsPerDay = row.LeadsPerDay,
        CreatedAt = row.CreatedAt,
    };
}
