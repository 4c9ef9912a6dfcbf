namespace Widget.Api.Calls;

/// <summary>Calculates the remaining time of a call.</summary>
internal static class CallTime
{
    /// <summary>
    /// Seconds until a call's time limit. For an ended call, the seconds that were left at its end; null for a call that was not opened.
    /// </summary>
    public static int? Remaining(DateTimeOffset? deadline, DateTimeOffset? endedAt, DateTimeOffset now) =>
        deadline is { } limit ? (int)Math.Max(0, (limit - (endedAt ?? now)).TotalSeconds) : null;
}
