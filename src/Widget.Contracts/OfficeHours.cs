using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Widget.Contracts;

[JsonConverter(typeof(StrictEnumConverter<WeekDay>))]
public enum WeekDay
{
    [JsonStringEnumMemberName("monday")]
    Monday,

    [JsonStringEnumMemberName("tuesday")]
    Tuesday,

    [JsonStringEnumMemberName("wednesday")]
    Wednesday,

    [JsonStringEnumMemberName("thursday")]
    Thursday,

    [JsonStringEnumMemberName("friday")]
    Friday,

    [JsonStringEnumMemberName("saturday")]
    Saturday,

    [JsonStringEnumMemberName("sunday")]
    Sunday,
}

/// <summary>When people of the company answer visitors.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed partial record OfficeHours : IValidatableObject
{
    /// <summary>The company's time zone, as an IANA id.</summary>
    /// <example>Europe/Berlin</example>
    [Required(ErrorMessage = "officeHours.timeZone is required. Use an IANA id such as Europe/Berlin.")]
    [StringLength(60)]
    public string TimeZone { get; init; } = "";

    /// <summary>The hours of each week, at most 50. A day may have several, such as before and after lunch.</summary>
    [Required, MinLength(1, ErrorMessage = "officeHours.weekly must have at least one entry.")]
    [MaxLength(50, ErrorMessage = "officeHours.weekly can have at most 50 entries.")]
    public IReadOnlyList<OpeningHours> Weekly { get; init; } = [];

    /// <summary>Days without office hours, at most 400.</summary>
    /// <example>["2027-05-01"]</example>
    [Required, MaxLength(400, ErrorMessage = "officeHours.holidays can have at most 400 days.")]
    public IReadOnlyList<string> Holidays { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // JSON null can occur as a list entry.
        var hours = Weekly.OfType<OpeningHours>().ToList();
        var wrong = hours.Find(entry => !IsTime(entry.From) || !IsTime(entry.To) || entry.From == OpeningHours.EndOfDay);
        if (hours.Count != Weekly.Count || wrong is not null)
        {
            yield return new("officeHours.weekly: write times as 09:00, from 00:00 to 24:00.", [nameof(Weekly)]);
            yield break;
        }

        foreach (var entry in hours.Where(entry => string.CompareOrdinal(entry.From, entry.To) >= 0))
            yield return new($"officeHours.weekly: {entry.From} is not before {entry.To}.", [nameof(Weekly)]);
        foreach (var day in hours.GroupBy(entry => entry.Day))
        {
            var sorted = day.OrderBy(entry => entry.From, StringComparer.Ordinal).ToList();
            if (sorted.Zip(sorted.Skip(1)).Any(pair => string.CompareOrdinal(pair.First.To, pair.Second.From) > 0))
                yield return new($"officeHours.weekly: the hours on {NameOf(day.Key)} overlap.", [nameof(Weekly)]);
        }

        foreach (var holiday in Holidays.Where(holiday => !IsDate(holiday)))
            yield return new($"officeHours.holidays: \"{holiday}\" is no date. Write it as 2027-05-01.", [nameof(Holidays)]);
    }

    /// <summary>The day's name in JSON.</summary>
    public static string NameOf(WeekDay day) => day.ToString().ToLowerInvariant();

    // JSON may contain null.
    private static bool IsTime(string? text) => text is not null && Time().IsMatch(text);

    private static bool IsDate(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"^(?:([01][0-9]|2[0-3]):[0-5][0-9]|24:00)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();
}

/// <summary>Office hours on one day of each week.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OpeningHours
{
    /// <summary>Midnight at the end of the day.</summary>
    public const string EndOfDay = "24:00";

    /// <summary>The day, such as <c>monday</c>.</summary>
    [JsonRequired]
    public WeekDay Day { get; init; }

    /// <summary>When people start to answer, such as <c>09:00</c>.</summary>
    [JsonRequired]
    public string From { get; init; } = "";

    /// <summary>When they stop, such as <c>17:00</c>; <c>24:00</c> for midnight.</summary>
    [JsonRequired]
    public string To { get; init; } = "";
}

/// <summary>Whether people of the company answer now, and when they answer next.</summary>
public sealed record PersonAvailability
{
    /// <summary>Whether it is office hours now.</summary>
    public required bool Open { get; init; }

    /// <summary>When office hours start next. Null during office hours, and if there are none within a year.</summary>
    public DateTimeOffset? OpensAt { get; init; }

    /// <summary>The company's time zone, as an IANA id.</summary>
    public required string TimeZone { get; init; }

    /// <summary>How soon a person usually answers during office hours, in minutes.</summary>
    public int? ReplyMinutes { get; init; }

    /// <summary>The hours of each week, in the company's time zone.</summary>
    public required IReadOnlyList<OpeningHours> Hours { get; init; }
}
