using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>
/// A participant's room over a WebSocket. The token is in the first call, so it is in no address. Messages stay in the room of the token.
/// </summary>
internal sealed class RoomHub(
    RoomTokens tokens,
    RoomPeople people,
    RoomService rooms,
    RoomFeed feed,
    RoomConnections connections,
    RoomLog log,
    IRoomMedia media,
    TimeProvider clock) : Hub
{
    public const string Path = "/hubs/rooms";

    private static readonly TimeSpan JoinTime = TimeSpan.FromSeconds(30);
    private static readonly object Key = new();

    /// <summary>Joins the token's room and streams its updates.</summary>
    public async IAsyncEnumerable<RoomUpdate> Join(RoomJoinRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Validation.FindErrors(request) is { Count: > 0 } errors) throw new HubException(errors.Values.First()[0]);
        if (tokens.Read(request.Token) is not var (ticket, isExpired)) throw Refused(RoomFaults.Invalid);
        if (isExpired) throw Refused(RoomFaults.Expired);
        if (Context.Items.ContainsKey(Key)) throw new HubException("This connection has joined a room already.");
        var (connection, row, fault) = await people.JoinAsync(ticket, request, cancellationToken);
        if (fault is not null) throw Refused(fault);
        using var joined = connection!;
        Context.Items[Key] = joined;
        try
        {
            var state = RoomFeed.Visible(row!, joined.State, joined.Participant, joined.JoinedSeq);
            yield return new RoomUpdate { Joined = new RoomJoined(joined.Participant, rooms.SessionToken(ticket, row!), state) };
            await foreach (var update in feed.FollowAsync(joined, request.After, cancellationToken)) yield return update;
        }
        finally
        {
            Context.Items.Remove(Key);
            try
            {
                await people.DisconnectAsync(joined.Tenant, joined.Room, joined.Participant, joined.Id, CancellationToken.None);
            }
            finally
            {
                connections.Remove(joined);
            }
        }
    }

    /// <summary>Sends a session description or a candidate to another participant.</summary>
    public async Task<RoomSignalResult> Signal(RoomSignalRequest signal)
    {
        var connection = Current();
        if (!connection.IsIn) throw Refused(RoomFaults.NotIn);
        return new RoomSignalResult(await connections.SignalAsync(connection, signal, Context.ConnectionAborted));
    }

    /// <summary>
    /// Returns how to connect to the media server. The page asks each time it has to connect, so a person who is no longer in the call gets
    /// no access.
    /// </summary>
    public async Task<RoomMediaAccess> MediaServer()
    {
        var connection = Current();
        var found = await log.FindAsync(connection.Tenant, connection.Room, Context.ConnectionAborted);
        if (found is not var (row, state) || row.EndedAt is not null) throw Refused(RoomFaults.Ended);
        if (state.Find(connection.Participant) is not { State: RoomPresence.In } self || self.Connection != connection.Id)
            throw Refused(RoomFaults.NotIn);
        var access = row.Transport == media.Transport ? await media.AccessAsync(row, self, Context.ConnectionAborted) : null;
        return access ?? throw Refused(RoomFaults.NoMediaServer);
    }

    /// <summary>Says what is on.</summary>
    public Task Media(RoomMediaRequest media) => DoAsync(people.MediaAsync(Current(), media, Context.ConnectionAborted));

    /// <summary>Sends a chat message to all in the call.</summary>
    public async Task<ChatMessageResult> Chat(RoomChatRequest message)
    {
        if (Validation.FindErrors(message) is { Count: > 0 } errors) throw new HubException(errors.Values.First()[0]);
        var connection = Current();
        var id = message.MessageId == Guid.Empty ? Guid.NewGuid() : message.MessageId;
        var chat = new RoomChat(id, connection.Participant, "", message.Text, clock.GetUtcNow());
        await DoAsync(people.ChatAsync(connection.Tenant, connection.Room, connection.Participant, chat, Context.ConnectionAborted));
        return new ChatMessageResult("sent", id);
    }

    /// <summary>Leaves. It ends nothing for the others.</summary>
    public Task Leave() => DoAsync(people.LeaveAsync(Current(), Context.ConnectionAborted));

    /// <summary>Says whether the participant agrees to be recorded.</summary>
    public Task Consent(bool agreed) => DoAsync(people.ConsentAsync(Current(), agreed, Context.ConnectionAborted));

    /// <summary>Returns the state of the room.</summary>
    public async Task<RoomState> State()
    {
        var connection = Current();
        var found = await log.FindAsync(connection.Tenant, connection.Room, Context.ConnectionAborted) ?? throw Refused(RoomFaults.NoRoom);
        return RoomFeed.Visible(found.Row, found.State, connection.Participant, found.Row.LastSeq);
    }

    /// <summary>Lets a participant in.</summary>
    public Task Admit(Guid participantId) => HostAsync((host, by) =>
        people.AdmitAsync(host.Tenant, host.Room, participantId, by, Context.ConnectionAborted));

    /// <summary>Does not let a participant in.</summary>
    public Task Decline(Guid participantId) => HostAsync((host, by) =>
        people.DeclineAsync(host.Tenant, host.Room, participantId, by, Context.ConnectionAborted));

    /// <summary>Removes a participant, who can't come back.</summary>
    public Task Remove(Guid participantId) => HostAsync((host, by) =>
        people.RemoveAsync(host.Tenant, host.Room, participantId, by, Context.ConnectionAborted));

    /// <summary>Mutes a participant.</summary>
    public Task Mute(Guid participantId) => HostAsync((host, by) =>
        people.MuteAsync(host.Tenant, host.Room, participantId, by, Context.ConnectionAborted));

    /// <summary>Invites the avatar.</summary>
    public Task InviteAvatar(RoomAvatarRequest avatar) => HostAsync((host, by) =>
        people.SetAvatarAsync(host.Tenant, host.Room, wanted: true, avatar.Name, by, Context.ConnectionAborted));

    /// <summary>Sends the avatar away.</summary>
    public Task RemoveAvatar() => HostAsync((host, by) =>
        people.SetAvatarAsync(host.Tenant, host.Room, wanted: false, name: null, by, Context.ConnectionAborted));

    /// <summary>Ends the call for all.</summary>
    public Task End() => HostAsync((host, by) => people.EndAsync(host.Tenant, host.Room, "ended", by, Context.ConnectionAborted));

    public override async Task OnConnectedAsync()
    {
        await base.OnConnectedAsync();
        // A connection that joins nothing holds no place.
        var context = Context;
        _ = Task.Delay(JoinTime, clock, context.ConnectionAborted).ContinueWith(
            waited =>
            {
                if (!waited.IsCanceled && !context.Items.ContainsKey(Key)) context.Abort();
            },
            TaskScheduler.Default);
    }

    private static HubException Refused(RoomFault fault) => new(fault.HubMessage);

    private RoomConnection Current()
    {
        if (!Context.Items.TryGetValue(Key, out var found) || found is not RoomConnection connection)
            throw new HubException("Join a room first.");
        return connection.TakeTurn() ? connection : throw new HubException("Too many messages. Please wait a moment.");
    }

    private Task HostAsync(Func<RoomConnection, RoomActor, Task<RoomFault?>> action)
    {
        var connection = Current();
        return connection.Role == RoomRole.Host
            ? DoAsync(action(connection, new RoomActor(connection.Participant)))
            : throw Refused(RoomFaults.NotHost);
    }

    private static async Task DoAsync(Task<RoomFault?> change)
    {
        if (await change is { } fault) throw Refused(fault);
    }
}
