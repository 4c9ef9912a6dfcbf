using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Widget.Api.Conversations;
using Widget.Api.Reps;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Rooms;

/// <summary>Creates rooms and the links into them.</summary>
internal sealed class RoomService(
    TenantDatabase database,
    RoomLog log,
    RoomConnections connections,
    RoomTokens tokens,
    IRoomMedia media,
    IMultiTenantStore tenants,
    OwnHosts hosts,
    TimeProvider clock)
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(2);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(15);

    /// <summary>Creates a room, or returns the one with this id.</summary>
    /// <returns>The room, with a link for the caller; or what is wrong with a field.</returns>
    public async Task<(Room? Room, string? Field, string? Error)> CreateAsync(
        RoomCaller caller,
        CreateRoomRequest request,
        string transport,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (ReadExpiry(request.ExpiresAt, now) is not { } expires) return (null, "expiresAt", ExpiryError);
        // Before the transaction: a request that waits for a second connection while it holds one can block all others.
        var company = await tenants.GetByIdentifierAsync(TenantStore.IdPrefix + caller.Tenant, ct);
        var hasMedia = await media.IsAvailableAsync(caller.Tenant, ct);
        if (request.MaxParticipants > RoomSeats.MaxPeers && !hasMedia) return (null, "maxParticipants", NeedsMedia);
        await using var db = await database.BeginAsync(caller.Tenant, ct);
        var id = request.RoomId ?? NewId();
        // Two requests with the same id must not both insert it.
        await db.LockAsync($"room {id}", ct);
        if (await RoomLog.FindAsync(db, id, ct) is { } known)
        {
            if (!caller.MaySee(known.Row)) return (null, "roomId", "There is another room with this id.");
            var again = caller.MayHost(known.Row) && known.Row.EndedAt is null ? HostLink(caller, known.Row, name: null) : null;
            return (RoomMapper.RoomOf(known.Row, known.State, again), null, null);
        }

        var rep = request.RepId is { } repId ? await RepQueries.FindAsync(db, new RepId(repId), ct) : null;
        if (request.RepId is not null && rep is null) return (null, "repId", "There is no such rep.");
        VisitorId? visitor = caller.Visitor;
        ConversationId? conversation = null;
        if (request.ConversationId is { } thread)
        {
            conversation = new ConversationId(thread);
            var found = await db.Conversations.AsNoTracking().SingleOrDefaultAsync(
                row => row.Id == conversation && (caller.Visitor == null || row.VisitorId == caller.Visitor),
                ct);
            if (found is null) return (null, "conversationId", "There is no such conversation.");
            visitor = found.VisitorId;
        }

        var row = new RoomRow
        {
            TenantId = caller.Tenant,
            Id = id,
            Name = GivenText.Of(request.Name),
            CompanionId = request.CompanionId,
            UserId = request.UserId,
            SentExpiry = request.ExpiresAt,
            ConversationId = conversation,
            VisitorId = visitor,
            OpenedByVisitor = caller.Visitor is not null,
            RepId = rep?.Id.Value,
            HostName = rep?.Name ?? company?.Name,
            WaitingRoom = request.WaitingRoom ?? conversation is null,
            MaxParticipants = request.MaxParticipants ?? (hasMedia ? RoomSeats.Max : RoomSeats.MaxPeers),
            Transport = transport,
            CreatedAt = now,
            ExpiresAt = expires,
            DueAt = expires,
        };
        var room = log.Begin(db, row);
        room.Add("created", room.Facts);
        // The visitor's own room invites nobody.
        if (conversation is { } invited && caller.Visitor is null)
        {
            var invitation = new CallInvited { RoomId = id, Name = row.HostName ?? "", RepId = row.RepId, ExpiresAt = expires };
            await ConversationLog.AppendAsync(db, invited, invitation, ct);
        }

        await room.CommitAsync(connections, ct);
        return (RoomMapper.RoomOf(row, room.Copy(), HostLink(caller, row, name: null)), null, null);
    }

    private const string NeedsMedia =
        "maxParticipants can be more than 4 only with LiveKit, which is not configured. "
        + "Set it up under /api/livekit/account, or ask the operator.";

    private const string ExpiryError =
        "expiresAt must be a date and time with an offset, such as 2030-01-31T15:00:00Z, in the next 24 hours.";

    /// <summary>Returns a room that the caller may see.</summary>
    public async Task<(RoomRow Row, RoomFold State)?> FindAsync(RoomCaller caller, string id, CancellationToken ct) =>
        await log.FindAsync(caller.Tenant, id, ct) is { } found && caller.MaySee(found.Row) ? found : null;

    /// <summary>Returns the tenant's rooms, newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="open">Only open or only ended ones; null for all.</param>
    /// <param name="before">The last room of the previous page.</param>
    /// <param name="limit">The largest number.</param>
    /// <param name="ct">Cancels the query.</param>
    public async Task<RoomList> ListAsync(TenantId tenant, bool? open, string? before, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var query = db.Rooms.AsNoTracking().Where(row => open == null || row.EndedAt == null == open);
        if (before is not null)
        {
            var last = await db.Rooms.AsNoTracking().SingleOrDefaultAsync(row => row.Id == before, ct);
            if (last is null) return new RoomList([], null);
            query = query.Where(row =>
                row.CreatedAt < last.CreatedAt || (row.CreatedAt == last.CreatedAt && string.Compare(row.Id, last.Id) > 0));
        }

        var rows = await query.OrderByDescending(row => row.CreatedAt).ThenBy(row => row.Id).Take(limit).ToListAsync(ct);
        var states = await RoomLog.StatesAsync(db, rows.ConvertAll(row => row.Id), ct);
        return new RoomList(rows.ConvertAll(row => RoomMapper.RoomOf(row, states[row.Id])), rows.Count == limit ? rows[^1].Id : null);
    }

    /// <summary>Makes a link for one person.</summary>
    public (RoomLink? Link, RoomFault? Fault) Link(RoomCaller caller, RoomRow room, RoomFold state, RoomLinkRequest request)
    {
        if (room.EndedAt is not null || room.ExpiresAt <= clock.GetUtcNow()) return (null, RoomFaults.Ended);
        if (caller.MayHost(room))
        {
            var person = request.ParticipantId ?? Guid.NewGuid();
            if (state.Find(person) is { State: RoomPresence.Removed }) return (null, RoomFaults.Removed);
            return (LinkOf(room, person, request.Role, request.Name ?? state.Find(person)?.Name, request.Minutes), null);
        }

        if (caller.Visitor is not { } visitor || visitor != room.VisitorId || request.Role != RoomRole.Guest)
            return (null, RoomFaults.NotHost);
        // The visitor is the same participant however often the page asks.
        return (LinkOf(room, PersonOf(room, visitor.Value), RoomRole.Guest, request.Name, request.Minutes), null);
    }

    /// <summary>Creates a token for a participant until the room expires, so that the page can come back.</summary>
    public string SessionToken(RoomTicket ticket, RoomRow room) => tokens.Create(ticket with { ExpiresAt = room.ExpiresAt });

    /// <summary>The participant id of a visitor or rep in a room.</summary>
    public static Guid PersonOf(RoomRow room, Guid person) => PersonOf(room, person.ToString());

    /// <summary>The participant id of somebody with an identity elsewhere.</summary>
    public static Guid PersonOf(RoomRow room, string person) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{room.TenantId} {room.Id} {person}")).AsSpan(0, 16));

    private RoomLink HostLink(RoomCaller caller, RoomRow room, string? name) => LinkOf(
        room,
        (caller.Visitor?.Value ?? room.RepId) is { } person ? PersonOf(room, person) : Guid.NewGuid(),
        RoomRole.Host,
        name ?? (caller.Visitor is null ? room.HostName : null),
        (int)LinkLifetime.TotalMinutes);

    private RoomLink LinkOf(RoomRow room, Guid person, RoomRole role, string? name, int minutes)
    {
        var expires = clock.GetUtcNow().AddMinutes(minutes);
        if (expires > room.ExpiresAt) expires = room.ExpiresAt;
        var token = tokens.Create(new RoomTicket(room.TenantId, room.Id, person, role, GivenText.Line(name ?? ""), expires));
        return new RoomLink(token, $"{hosts.PublicOrigin ?? hosts.ListeningOrigin}/call?token={token}", role, person, expires);
    }

    // Version 7 GUIDs could be guessed from the time.
    private static string NewId() => $"room_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16))}";

    private static DateTimeOffset? ReadExpiry(string? sent, DateTimeOffset now)
    {
        if (sent is null) return now + DefaultLifetime;
        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(sent, CultureInfo.InvariantCulture, Styles, out var read) && read > now && read <= now + MaxLifetime
            ? read
            : null;
    }
}
