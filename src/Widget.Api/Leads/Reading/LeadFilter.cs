using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Leads.Reading;

/// <summary>Which leads to read, and in which order.</summary>
internal sealed record LeadFilter
{
    /// <summary>A part of the name, an e-mail address, the company or the phone number, in any case; null for all.</summary>
    public string? Query { get; init; }

    /// <summary>Null for all tiers.</summary>
    public string[]? Tiers { get; init; }

    /// <summary>Whether leads without a tier belong to <see cref="Tiers"/>.</summary>
    public bool IncludesUntiered { get; init; }

    /// <summary>The wanted values of the tenant's own fields in lower case, by key; null for all leads.</summary>
    public IReadOnlyDictionary<string, string[]>? Fields { get; init; }

    /// <summary>Reps; null for all leads.</summary>
    public Guid[]? Owners { get; init; }

    /// <summary>Whether leads without an owner belong to <see cref="Owners"/>.</summary>
    public bool IncludesUnowned { get; init; }

    /// <summary>Only leads created at or after this time; null for no limit.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only leads created before this time; null for no limit.</summary>
    public DateTimeOffset? To { get; init; }

    public LeadSort Sort { get; init; }

    /// <summary>Digits of a phone number, however it is written. Null if the query is something else.</summary>
    public string? PhoneDigits =>
        Query is not null && Query.All(character => char.IsAsciiDigit(character) || " +()/.-".Contains(character, StringComparison.Ordinal))
        && string.Concat(Query.Where(char.IsAsciiDigit)).TrimStart('0') is { Length: > 2 } digits
            ? digits
            : null;
}

/// <summary>The parameters of a query for leads. Several values of a filter are written as repeated parameters or with commas.</summary>
internal sealed record LeadQuery(
    string? Query,
    string[]? Tier,
    string[]? Owner,
    string[]? Field,
    string? From,
    string? To,
    string? Sort,
    string? TimeZone = null)
{
    private const string None = "none";

    /// <summary>Returns the filter, or a problem with a parameter.</summary>
    public (LeadFilter? Filter, ValidationProblem? Problem) Parse()
    {
        var tiers = Values(Tier);
        if (tiers.FirstOrDefault(tier => tier is not ("hot" or "warm" or "cold" or None)) is { } unknown)
            return (null, Problems.Invalid("tier", $"There is no tier \"{unknown}\". The tiers are hot, warm and cold, or none."));
        var fields = (Field ?? []).Select(pair => pair.Split(':', 2)).ToList();
        if (fields.Exists(pair => pair.Length < 2 || !LeadFields.IsKey(pair[0])))
            return (null, Problems.Invalid("field", "field must be a key and a value, such as field=plan:gold."));
        var owners = Values(Owner);
        var reps = owners.Where(owner => owner != None).Select(owner => Guid.TryParse(owner, out var id) ? id : (Guid?)null).ToList();
        if (reps.Contains(null))
            return (null, Problems.Invalid("owner", "owner must be the id of a rep, or none for leads without an owner."));
        if (TimeZones.Find(TimeZone ?? DateTimeZone.Utc.Id) is not { } zone) return (null, TimeZones.Unknown(TimeZone!));
        if (!TryParse(From, zone, isEnd: false, out var from)) return (null, InvalidTime("from"));
        if (!TryParse(To, zone, isEnd: true, out var to)) return (null, InvalidTime("to"));
        if (to <= from) return (null, Problems.Invalid("to", "to must be after from."));
        if (!Enum.TryParse<LeadSort>(Sort ?? nameof(LeadSort.Newest), ignoreCase: true, out var sort) || !Enum.IsDefined(sort))
            return (null, Problems.Invalid("sort", "sort must be newest, oldest or score."));
        var filter = new LeadFilter
        {
            Query = Query?.Trim() is { Length: > 0 } text ? text : null,
            Tiers = tiers.Count > 0 ? [.. tiers] : null,
            IncludesUntiered = tiers.Contains(None),
            Fields = fields.Count == 0 ? null : fields.GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(
                group => group.Key,
                group => group.Select(pair => pair[1].Trim().ToLowerInvariant()).ToArray(),
                StringComparer.Ordinal),
            Owners = owners.Count > 0 ? [.. reps.OfType<Guid>()] : null,
            IncludesUnowned = owners.Contains(None),
            From = from,
            To = to,
            Sort = sort,
        };
        return (filter, null);
    }

    private static List<string> Values(string[]? parameters) =>
        [
            .. (parameters ?? []).SelectMany(value =>
                value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)),
        ];

    private static ValidationProblem InvalidTime(string field) => Problems.Invalid(
        field,
        $"{field} must be a day such as 2027-03-01, or a time such as 2027-03-01T09:00:00Z.");

    // The last day is included.
    private static bool TryParse(string? text, DateTimeZone zone, bool isEnd, out DateTimeOffset? time)
    {
        time = null;
        if (text is null) return true;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            // In some zones, days of the years 1 and 9999 are outside of the range of instants.
            if (day.Year == 1) time = DateTimeOffset.MinValue;
            else if (day.Year == 9999) time = isEnd ? null : DateTimeOffset.MaxValue;
            else time = zone.AtStartOfDay(LocalDate.FromDateOnly(isEnd ? day.AddDays(1) : day)).ToInstant().ToDateTimeOffset();
            return true;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return false;
        time = at.ToUniversalTime();
        return true;
    }
}

/// <summary>Where a page of leads ends. Its text form is opaque to callers.</summary>
/// <param name="Id">The last lead.</param>
/// <param name="Score">Its score, -1 for none. Only used in the order of scores.</param>
internal readonly record struct LeadCursor(LeadId Id, int Score)
{
    public static string After(Lead lead, LeadSort sort) => sort == LeadSort.Score
        ? $"{((int?)lead.Score ?? -1).ToString(CultureInfo.InvariantCulture)}_{lead.Id:N}"
        : lead.Id.ToString();

    /// <summary>Reads a cursor. Null if the text is not one of this order.</summary>
    public static LeadCursor? Parse(string text, LeadSort sort)
    {
        if (sort != LeadSort.Score) return Guid.TryParse(text, out var id) ? new LeadCursor(new LeadId(id), 0) : null;
        return text.Split('_') is [var score, var last]
            && int.TryParse(score, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && Guid.TryParseExact(last, "N", out var lead)
                ? new LeadCursor(new LeadId(lead), number)
                : null;
    }
}
