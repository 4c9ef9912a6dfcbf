using Microsoft.AspNetCore.Http.HttpResults;
using NodaTime;

namespace Widget.Api.Web;

/// <summary>Time zones that requests name.</summary>
internal static class TimeZones
{
    /// <summary>The time zone with this IANA id; null if there is none.</summary>
    public static DateTimeZone? Find(string id) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(id);

    /// <summary>The error for an id that <see cref="Find"/> does not know.</summary>
    public static ValidationProblem Unknown(string id) =>
        Problems.Invalid("timeZone", $"There is no time zone \"{id}\". Use an IANA id such as Europe/Berlin.");
}
