using NodaTime;
using Widget.Api.Reps;

namespace Widget.Api.Meetings.Slots;

/// <summary>A rep with whom meetings can be booked, as read from the database.</summary>
/// <param name="Id">The rep.</param>
/// <param name="Name">The rep's name.</param>
/// <param name="Email">Where invitations are sent.</param>
/// <param name="Zone">The rep's time zone.</param>
/// <param name="Calendar">When meetings can be booked.</param>
/// <param name="Upcoming">Number of booked meetings that have not begun.</param>
/// <param name="LastAssigned">When the rep last got a meeting that any rep could have taken; null for never.</param>
internal sealed record BookableRep(
    RepId Id,
    string Name,
    string Email,
    DateTimeZone Zone,
    RepCalendar Calendar,
    long Upcoming,
    Instant? LastAssigned)
{
    /// <summary>
    /// Orders reps by who gets the next meeting: who has the fewest upcoming meetings, then who has waited longest for one. Ids decide the
    /// rest, so that the order never depends on chance.
    /// </summary>
    public static IOrderedEnumerable<BookableRep> InTurn(IEnumerable<BookableRep> reps) => reps
        .OrderBy(rep => rep.Upcoming)
        .ThenBy(rep => rep.LastAssigned ?? Instant.MinValue)
        .ThenBy(rep => rep.Id.Value);
}
