using Microsoft.AspNetCore.Http.HttpResults;
using Widget.Api.Web;

namespace Widget.Api.Rooms;

/// <summary>Why something can't be done in a room.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">For programs; part of the API.</param>
/// <param name="Message">For people.</param>
internal sealed record RoomFault(int Status, string Code, string Message)
{
    public ProblemHttpResult ToProblem() => Problems.Create(Status, Message, Code);

    /// <summary>The text of a hub's error, with the code first.</summary>
    public string HubMessage => $"{Code}: {Message}";
}

internal static class RoomFaults
{
    public const string LinkExpired = "This link has expired. Ask for a new one.";

    public static RoomFault Expired { get; } = new(StatusCodes.Status410Gone, "link-expired", LinkExpired);

    public static RoomFault Invalid { get; } = new(StatusCodes.Status404NotFound, "link-invalid", "This link is not valid.");

    public static RoomFault Ended { get; } = new(StatusCodes.Status410Gone, "call-ended", "This call is over.");

    public static RoomFault Full { get; } = new(StatusCodes.Status409Conflict, "call-full", "This call is full.");

    public static RoomFault Removed { get; } = new(
        StatusCodes.Status403Forbidden,
        "removed",
        "You were removed from this call by the host.");

    public static RoomFault NoRoom { get; } = new(StatusCodes.Status404NotFound, "no-room", "There is no such room.");

    public static RoomFault NoParticipant { get; } = new(
        StatusCodes.Status404NotFound,
        "no-participant",
        "There is no such participant in this room.");

    public static RoomFault NotHost { get; } = new(StatusCodes.Status403Forbidden, "not-host", "Only a host can do this.");

    public static RoomFault NoMediaServer { get; } = new(
        StatusCodes.Status409Conflict,
        "no-media-server",
        "There is no server for the sound and picture of this call. Browsers are connected to one another.");

    public static RoomFault NotIn { get; } = new(StatusCodes.Status409Conflict, "not-in", "You are not in this call.");
}
