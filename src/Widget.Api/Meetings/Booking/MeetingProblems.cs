using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Widget.Api.Meetings.Slots;
using Widget.Api.Web;

namespace Widget.Api.Meetings.Booking;

/// <summary>The outcomes of bookings and changes as problem details.</summary>
internal static class MeetingProblems
{
    /// <summary>Returns the problem of an outcome that is not <see cref="MeetingOutcome.Done"/>.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <param name="zone">The time zone of the free times.</param>
    /// <param name="withNames">Whether the free times have the reps' names.</param>
    /// <param name="http">The request.</param>
    public static ProblemHttpResult Of(MeetingOutcome outcome, DateTimeZone zone, bool withNames, HttpContext http) => outcome switch
    {
        MeetingOutcome.Taken taken => TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            title: taken.Others.Count > 0
                ? "This time is not free. The next free times are in slots."
                : "This time is not free, and there are no other free times.",
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["code"] = "slot_taken",
                ["slots"] = SlotReader.Show(taken.Others, zone, withNames),
            }),
        MeetingOutcome.NotFound missing => Problems.NotFound(missing.What),
        MeetingOutcome.Closed { IsCancelled: true } => Problems.Create(
            StatusCodes.Status409Conflict,
            "This meeting has been cancelled. Book a new one.",
            "cancelled"),
        MeetingOutcome.Closed => Problems.Create(
            StatusCodes.Status409Conflict,
            "This meeting has begun, so it can't be changed any more.",
            "past"),
        MeetingOutcome.KeyTaken => Problems.Create(
            StatusCodes.Status409Conflict,
            "This idempotencyKey was used for another booking. Give each booking its own.",
            "key_taken"),
        MeetingOutcome.Limited limited => limited.Refusal.ToProblem(http),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "It is not a problem."),
    };
}
