using System.Globalization;

namespace Widget.Admin.Analytics;

/// <summary>A period of whole days, both included.</summary>
public sealed record DatePeriod(DateOnly From, DateOnly To)
{
    private const string Iso = "yyyy-MM-dd";
    private const int DefaultDays = 30;
    private const int MaxDays = 400;

    public string FromText => Write(From);

    public string ToText => Write(To);

    /// <summary>The usual periods, by key of their name.</summary>
    public static IReadOnlyList<(string Name, DatePeriod Period)> Presets(DateOnly today)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        return
        [
            ("period.today", new(today, today)),
            ("period.7", new(today.AddDays(-6), today)),
            ("period.30", new(today.AddDays(1 - DefaultDays), today)),
            ("period.90", new(today.AddDays(-89), today)),
            ("period.month", new(month, today)),
            ("period.lastMonth", new(month.AddMonths(-1), month.AddDays(-1))),
            ("period.year", new(today.AddDays(-364), today)),
        ];
    }

    /// <summary>Reads a period from the page's address; the last 30 days if it is missing or invalid.</summary>
    public static DatePeriod Parse(string? from, string? to, DateOnly today)
    {
        var last = Read(to) ?? today;
        var first = Read(from) ?? last.AddDays(1 - DefaultDays);
        return first <= last && last.DayNumber - first.DayNumber < MaxDays ? new(first, last) : new(today.AddDays(1 - DefaultDays), today);
    }

    public static DateOnly? Read(string? text) =>
        DateOnly.TryParseExact(text, Iso, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year > 2000 ? date : null;

    private static string Write(DateOnly date) => date.ToString(Iso, CultureInfo.InvariantCulture);
}
