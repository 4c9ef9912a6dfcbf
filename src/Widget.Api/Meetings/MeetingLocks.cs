namespace Widget.Api.Meetings;

/// <summary>Names of the locks with which transactions of a tenant wait for one another.</summary>
internal static class MeetingLocks
{
    /// <summary>
    /// Taken before anything is booked, moved or cancelled, and before the conversation's lock. So each booking sees all others, and reps
    /// take turns in a fixed order.
    /// </summary>
    public const string Booking = "meetings";
}
