using Widget.Contracts;

namespace Widget.Api.Rooms;

/// <summary>A call of the avatar, as its provider sees it.</summary>
/// <param name="Call">The call's id; null if there is none.</param>
/// <param name="State">Whether the avatar is there.</param>
/// <param name="Url">Where people see it, if not in the room itself.</param>
/// <param name="Error">Why it could not come, for people.</param>
internal sealed record AvatarCall(string? Call, RoomAvatarState State, string? Url = null, string? Error = null);

/// <summary>Brings the avatar of one provider into rooms.</summary>
internal interface IRoomAvatar
{
    /// <summary>The provider, as participants see it (<see cref="RoomAvatar.Provider"/>).</summary>
    string Provider { get; }

    /// <summary>Starts the call with the room's present number. A repeated start with the same number starts one call.</summary>
    Task<AvatarCall> StartAsync(RoomRow room, CancellationToken ct);

    /// <summary>How the call is.</summary>
    Task<AvatarCall> CheckAsync(RoomRow room, string call, CancellationToken ct);

    /// <summary>Ends the call. It does no harm to end it twice.</summary>
    Task EndAsync(RoomRow room, string call, CancellationToken ct);
}

/// <summary>What the worker should do about a room's avatar.</summary>
internal enum AvatarStep
{
    None,
    Start,
    Check,
    Pause,
    End,
}

/// <summary>Decides about the avatar of a room.</summary>
internal static class AvatarRule
{
    public const string Tavus = "tavus";
    public const string LiveKit = "livekit";

    /// <summary>The provider of an avatar that is invited now.</summary>
    /// <param name="room">The room.</param>
    /// <param name="hasAgent">Whether the tenant or the operator has named an agent at LiveKit.</param>
    public static string Provider(LockedRoom room, bool hasAgent) => room switch
    {
        // A call that still runs goes on.
        { Row.AvatarCall: not null, Facts.Avatar: { } running } => running.Provider,
        { Row.Transport: RoomRow.Peer } => Tavus,
        // A customer's own page has no frame for a call at Tavus. Our page has one, so it doesn't need an agent.
        _ => hasAgent || !room.UsesHub ? LiveKit : Tavus,
    };

    /// <summary>How long the avatar stays when nobody is there: a page that reloads comes back sooner.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    /// <param name="room">The room.</param>
    /// <param name="isPresent">Whether anybody is in the room now.</param>
    /// <param name="emptiedAt">Since when nobody is; null if somebody is, or nobody has been.</param>
    /// <param name="now">The time.</param>
    public static AvatarStep Next(RoomRow room, bool isPresent, DateTimeOffset? emptiedAt, DateTimeOffset now)
    {
        var isWanted = room is { AvatarWanted: true, EndedAt: null };
        if (room.AvatarCall is null) return isWanted && isPresent ? AvatarStep.Start : AvatarStep.None;
        if (!isWanted) return AvatarStep.End;
        return !isPresent && emptiedAt + Grace <= now ? AvatarStep.Pause : AvatarStep.Check;
    }
}
