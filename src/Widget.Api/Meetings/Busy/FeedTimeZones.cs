using System.Text.RegularExpressions;
using NodaTime;
using NodaTime.TimeZones;

namespace Widget.Api.Meetings.Busy;

/// <summary>
/// Replaces the names of time zones in a calendar by IANA ids. Ical.Net knows IANA ids only; calendars also contain Windows' names, ids
/// with a prefix, and names that only the calendar's own VTIMEZONE explains.
/// </summary>
internal static partial class FeedTimeZones
{
    /// <param name="calendar">The document, with unfolded lines.</param>
    /// <param name="home">The rep's zone.</param>
    /// <exception cref="FeedFailureException">A name has no known zone, so nothing could be said about when its entries are.</exception>
    public static string Normalize(string calendar, DateTimeZone home)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        return Parameter().Replace(calendar, match =>
        {
            var name = match.Groups["name"].Value.Trim('"');
            if (!ids.TryGetValue(name, out var id)) ids[name] = id = Resolve(name, calendar, home);
            return $"{match.Groups["before"].Value}TZID={id}";
        });
    }

    private static string Resolve(string name, string calendar, DateTimeZone home) =>
        Find(name)
        ?? OfDefinition(name, calendar, home)
        ?? throw new FeedFailureException($"The feed uses the time zone \"{name}\", which is unknown.");

    private static string? Find(string name)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null) return name;
        if (TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping.TryGetValue(name, out var id)) return id;
        // Some programs put their own name in front, such as /mozilla.org/20050126_1/Europe/Berlin.
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return Enumerable.Range(1, Math.Max(0, parts.Length - 1))
            .Select(skipped => string.Join('/', parts[skipped..]))
            .FirstOrDefault(rest => DateTimeZoneProviders.Tzdb.GetZoneOrNull(rest) is not null);
    }

    // The calendar describes the zone itself. It often names the IANA id, too. Otherwise the zone is the rep's if both have the same
    // offsets.
    private static string? OfDefinition(string name, string calendar, DateTimeZone home)
    {
        var definition = Definition().Matches(calendar).Select(match => match.Value)
            .FirstOrDefault(text => Id().Match(text) is { Success: true } id && id.Groups["id"].Value.Trim('"') == name);
        if (definition is null) return null;
        if (Location().Match(definition) is { Success: true } location && Find(location.Groups["id"].Value) is { } known) return known;
        var offsets = Offset().Matches(definition).Select(match => Parse(match.Groups["offset"].Value)).ToHashSet();
        return offsets.SetEquals(OffsetsOf(home)) ? home.Id : null;
    }

    // Those of a year that is not long ago, because definitions seldom contain more.
    private static IEnumerable<Offset> OffsetsOf(DateTimeZone zone) => zone
        .GetZoneIntervals(Instant.FromUtc(2025, 1, 1, 0, 0), Instant.FromUtc(2026, 1, 1, 0, 0))
        .Select(interval => interval.WallOffset);

    private static Offset Parse(string text)
    {
        var seconds = (int.Parse(text.AsSpan(1, 2)) * 3600) + (int.Parse(text.AsSpan(3, 2)) * 60);
        return NodaTime.Offset.FromSeconds(text[0] == '-' ? -seconds : seconds);
    }

    [GeneratedRegex("(?<before>^[A-Z-]+;(?:[^:\"\r\n]*;)?)TZID=(?<name>\"[^\"\r\n]*\"|[^:;,\r\n]*)", Options, 5000)]
    private static partial Regex Parameter();

    [GeneratedRegex("^BEGIN:VTIMEZONE.*?^END:VTIMEZONE", Options | RegexOptions.Singleline, 5000)]
    private static partial Regex Definition();

    [GeneratedRegex("^TZID[^:\r\n]*:(?<id>[^\r\n]*)", Options, 5000)]
    private static partial Regex Id();

    [GeneratedRegex("^X-LIC-LOCATION:(?<id>[^\r\n]*)", Options, 5000)]
    private static partial Regex Location();

    [GeneratedRegex("^TZOFFSETTO:(?<offset>[+-][0-9]{4})", Options, 5000)]
    private static partial Regex Offset();

    private const RegexOptions Options = RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture;
}
