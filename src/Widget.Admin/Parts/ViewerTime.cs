using System.Globalization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace Widget.Admin.Parts;

/// <summary>Times in the viewer's time zone and language.</summary>
public sealed class ViewerTime(IJSRuntime script, TimeProvider clock, IStringLocalizer<CommonTexts> texts)
{
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Asks the browser for its time zone. Until then, times are in UTC.</summary>
    public async Task StartAsync()
    {
        var id = await script.InvokeAsync<string?>("consoleScript.timeZone");
        if (id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone)) Zone = zone;
    }

    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);

    /// <summary>Day and time, such as "24 Nov 2026, 14:05".</summary>
    public string Full(DateTimeOffset time) => Local(time).ToString($"d MMM yyyy, {ShortTime}", CultureInfo.CurrentCulture);

    /// <summary>The time if it is today, otherwise the day.</summary>
    public string Brief(DateTimeOffset time)
    {
        var (local, now) = (Local(time), Local(Now));
        var format = local.Date == now.Date ? ShortTime : local.Year == now.Year ? "d MMM" : "d MMM yyyy";
        return local.ToString(format, CultureInfo.CurrentCulture);
    }

    public string Day(DateTimeOffset time) => Local(time).ToString("d MMM yyyy", CultureInfo.CurrentCulture);

    /// <summary>How long ago, such as "5 min ago"; after a day, the date.</summary>
    public string Ago(DateTimeOffset time)
    {
        var passed = Now - time;
        return passed.TotalSeconds < 60 ? texts["justNow"]
            : passed.TotalMinutes < 60 ? string.Format(texts["minutesAgo"], (int)passed.TotalMinutes)
            : passed.TotalHours < 24 ? string.Format(texts["hoursAgo"], (int)passed.TotalHours)
            : Brief(time);
    }

    private static string ShortTime => CultureInfo.CurrentCulture.DateTimeFormat.ShortTimePattern;
}
