using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.Text;

namespace Widget.Api.Meetings.Busy;

/// <summary>Reads the periods of VFREEBUSY components (RFC 5545, 3.8.2.6), which Ical.Net drops.</summary>
internal static partial class BusyPeriods
{
    private static readonly InstantPattern Utc = InstantPattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss'Z'");

    /// <param name="document">The calendar, with unfolded lines.</param>
    /// <exception cref="FeedFailureException">A period is not valid.</exception>
    public static IEnumerable<Interval> Read(string document) => Lines().Matches(document)
        .Where(line => !line.Groups["parameters"].Value.Contains("FBTYPE=FREE", StringComparison.OrdinalIgnoreCase))
        .SelectMany(line => line.Groups["periods"].Value.Split(','))
        .Select(Parse);

    private static Interval Parse(string period)
    {
        if (period.Trim().Split('/') is [var first, var last] && Utc.Parse(first) is { Success: true, Value: var start })
        {
            if (Utc.Parse(last) is { Success: true, Value: var end } && end >= start) return new Interval(start, end);
            if (PeriodPattern.NormalizingIso.Parse(last) is { Success: true, Value: { Years: 0, Months: 0 } length }
                && start + length.ToDuration() is var until
                && until >= start)
            {
                return new Interval(start, until);
            }
        }

        throw new FeedFailureException("The feed has a busy period that cannot be read (FREEBUSY).");
    }

    [GeneratedRegex("^FREEBUSY(?<parameters>;[^:\r\n]*)?:(?<periods>[^\r\n]*)",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        5000)]
    private static partial Regex Lines();
}
