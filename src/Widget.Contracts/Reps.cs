using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Widget.Contracts;

/// <summary>A new rep: a person with whom visitors can book meetings.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RepRequest
{
    /// <summary>The rep's name. Visitors see it.</summary>
    [VisibleText(ErrorMessage = "name is missing.")]
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string Name { get; init; } = "";

    /// <summary>Where invitations are sent.</summary>
    [Required(ErrorMessage = "email is missing.")]
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string Email { get; init; } = "";

    /// <summary>The rep's time zone, as an IANA id. The hours are local times of this zone.</summary>
    /// <example>Europe/Berlin</example>
    [Required(ErrorMessage = "timeZone is missing. Use an IANA id such as Europe/Berlin.")]
    [StringLength(60)]
    public string TimeZone { get; init; } = "";
}

/// <summary>Changes to a rep. Fields that are left out stay as they are.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RepChanges : IValidatableObject
{
    /// <summary>The rep's new name.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The rep's new e-mail address.</summary>
    [StringLength(320), EmailAddress(ErrorMessage = "email is not an e-mail address.")]
    public string? Email { get; init; }

    /// <summary>The rep's new time zone, as an IANA id. Meetings that are booked keep their time.</summary>
    [StringLength(60)]
    public string? TimeZone { get; init; }

    /// <summary>Whether the rep is away. A rep who is away gets no new leads.</summary>
    public bool? Away { get; init; }

    /// <summary>Which leads the rep gets before others.</summary>
    public RepTerritories? Territories { get; init; }

    /// <summary>Maximum number of leads that the rep gets on a day of the rep's time zone, 1 to 1,000; null for no limit.</summary>
    [Range(1, 1_000, ErrorMessage = "leadsPerDay must be between 1 and 1,000, or null for no limit.")]
    public int? LeadsPerDay
    {
        get;
        init => (field, HasLeadsPerDay) = (value, true);
    }

    /// <summary>Whether the request contains <see cref="LeadsPerDay"/>, possibly with null.</summary>
    [JsonIgnore]
    public bool HasLeadsPerDay { get; private init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Territories?.FindProblem() is { } problem) yield return new(problem, [nameof(Territories)]);
        if (Name is not null && !new VisibleTextAttribute().IsValid(Name)) yield return new("name is empty.", [nameof(Name)]);
    }
}

/// <summary>A person of the tenant's staff, with whom visitors can book meetings and who looks after leads.</summary>
public sealed record Rep
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    /// <summary>The rep's time zone, as an IANA id.</summary>
    public required string TimeZone { get; init; }

    /// <summary>Whether the rep has weekly hours. Without them, nothing can be booked.</summary>
    public required bool HasHours { get; init; }

    /// <summary>Whether the rep is away and gets no new leads.</summary>
    public bool Away { get; init; }

    /// <summary>Which leads the rep gets before others.</summary>
    public RepTerritories Territories { get; init; } = new();

    /// <summary>Maximum number of leads that the rep gets on a day; null for no limit.</summary>
    public int? LeadsPerDay { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Which leads a rep gets before others: those of one of these countries, languages or companies.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RepTerritories
{
    private const int Max = 300;

    /// <summary>Countries of phone numbers and locales: ISO 3166-1 alpha-2, such as <c>DE</c>.</summary>
    public IReadOnlyList<string> Countries { get; init; } = [];

    /// <summary>Languages of visitors: ISO 639-1, such as <c>de</c>.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Domains of companies or their endings, such as <c>acme.example</c> or <c>ac.uk</c>.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Whether there is none.</summary>
    [JsonIgnore]
    public bool IsEmpty => Countries.Count == 0 && Languages.Count == 0 && Domains.Count == 0;

    internal string? FindProblem()
    {
        // JSON null can occur as a list and as an entry.
        if (Countries is not { Count: <= Max } || Countries.Any(code => code is not { Length: 2 } || !code.All(char.IsAsciiLetterUpper)))
            return "territories.countries: write countries as codes of two letters, such as DE.";
        if (Languages is not { Count: <= Max } || Languages.Any(code => code is not { Length: 2 } || !code.All(char.IsAsciiLetterLower)))
            return "territories.languages: write languages as codes of two letters, such as de.";
        if (Domains is not { Count: <= Max }
            || Domains.Any(domain => domain is not { Length: >= 2 and <= 253 }
                || !domain.All(character => char.IsLetterOrDigit(character) || character is '.' or '-')
                || domain[0] == '.'))
        {
            return "territories.domains: write domains without a dot at the start, such as acme.example or ac.uk.";
        }

        return null;
    }
}

/// <summary>When meetings with a rep can be booked.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed partial record RepHours : IValidatableObject
{
    private const int MinutesOfDay = 24 * 60;
    private const int MinutesOfWeek = 7 * MinutesOfDay;

    /// <summary>The hours of each week in the rep's time zone, at most 50. With an empty list, nothing can be booked.</summary>
    [MaxLength(50, ErrorMessage = "weekly can have at most 50 entries.")]
    public required IReadOnlyList<RepWindow> Weekly { get; init; }

    /// <summary>Length of a meeting in minutes, 5 to 480.</summary>
    [Range(5, 480, ErrorMessage = "slotMinutes must be between 5 and 480.")]
    public int SlotMinutes { get; init; } = 30;

    /// <summary>Minutes that stay free before and after a booked meeting, 0 to 240.</summary>
    [Range(0, 240, ErrorMessage = "bufferMinutes must be between 0 and 240.")]
    public int BufferMinutes { get; init; }

    /// <summary>How long before its start a meeting must be booked, in minutes, 0 to 43,200 (30 days).</summary>
    [Range(0, 43_200, ErrorMessage = "minimumNoticeMinutes must be between 0 and 43,200.")]
    public int MinimumNoticeMinutes { get; init; }

    /// <summary>Days whose hours are skipped, at most 400. Hours past midnight belong to the day on which they begin.</summary>
    /// <example>["2027-05-01"]</example>
    [Required, MaxLength(400, ErrorMessage = "holidays can have at most 400 days.")]
    public IReadOnlyList<string> Holidays { get; init; } = [];

    /// <summary>Maximum number of meetings a day, 1 to 100; null for no limit.</summary>
    [Range(1, 100, ErrorMessage = "dailyLimit must be between 1 and 100.")]
    public int? DailyLimit { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // JSON null can occur as a list entry.
        var windows = Weekly.OfType<RepWindow>().ToList();
        if (windows.Count != Weekly.Count || windows.Exists(window => !IsStart(window.From) || !IsEnd(window.To)))
        {
            yield return new("weekly: write times as 09:00, from 00:00 to 23:59; to may be 24:00.", [nameof(Weekly)]);
            yield break;
        }

        if (windows.Any(window => windows.Any(other => !ReferenceEquals(window, other) && Overlap(window, other))))
            yield return new("weekly: the hours overlap. Hours past midnight continue on the next day.", [nameof(Weekly)]);
        foreach (var holiday in Holidays.Where(holiday => !IsDate(holiday)))
            yield return new($"holidays: \"{holiday}\" is no date. Write it as 2027-05-01.", [nameof(Holidays)]);
    }

    // Weeks repeat, so hours on Sunday night can overlap hours on Monday morning.
    private static bool Overlap(RepWindow one, RepWindow other)
    {
        var distance = (Start(other) - Start(one) + MinutesOfWeek) % MinutesOfWeek;
        return distance < Length(one) || MinutesOfWeek - distance < Length(other);
    }

    private static int Start(RepWindow window) => ((int)window.Day * MinutesOfDay) + Minutes(window.From);

    private static int Length(RepWindow window)
    {
        var (from, to) = (Minutes(window.From), Minutes(window.To));
        return to > from ? to - from : to - from + MinutesOfDay;
    }

    private static int Minutes(string time) =>
        (int.Parse(time.AsSpan(0, 2), CultureInfo.InvariantCulture) * 60) + int.Parse(time.AsSpan(3, 2), CultureInfo.InvariantCulture);

    private static bool IsStart(string? text) => text is not null && Time().IsMatch(text);

    private static bool IsEnd(string? text) => text == OpeningHours.EndOfDay || IsStart(text);

    // JSON may contain null.
    private static bool IsDate(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"^(?:[01][0-9]|2[0-3]):[0-5][0-9]\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();
}

/// <summary>Hours on one day of each week.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RepWindow
{
    /// <summary>The day on which the hours begin, such as <c>monday</c>.</summary>
    [JsonRequired]
    public WeekDay Day { get; init; }

    /// <summary>When they begin, such as <c>09:00</c>.</summary>
    [JsonRequired]
    public string From { get; init; } = "";

    /// <summary>When they end, such as <c>17:00</c>. A time that is not after <c>from</c> is on the next day.</summary>
    [JsonRequired]
    public string To { get; init; } = "";
}

/// <summary>The calendar feed with a rep's busy times.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BusyFeedRequest
{
    /// <summary>The feed's https or webcal address; null to remove the feed.</summary>
    /// <example>https://calendar.example.com/private/basic.ics</example>
    [JsonRequired]
    [StringLength(2_000, ErrorMessage = "url can have at most 2,000 characters.")]
    public string? Url { get; init; }
}

/// <summary>The state of a rep's calendar feed.</summary>
public sealed record BusyFeedState
{
    /// <summary>
    /// The feed's host and the end of its address, such as <c>https://calendar.example.com/….ics</c>; null without a feed.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>When the feed was last read without an error; null if it never was.</summary>
    public DateTimeOffset? FetchedAt { get; init; }

    /// <summary>Why the last attempt failed; null if it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// Whether the busy times are known: there is no feed, or it was read within the last 24 hours. Otherwise the rep has no free times.
    /// </summary>
    public required bool Current { get; init; }
}
