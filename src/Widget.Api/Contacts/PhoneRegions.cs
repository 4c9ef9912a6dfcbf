using System.Collections.Frozen;
using NodaTime.TimeZones;
using Widget.Contracts;
using Widget.Rag.Text;

namespace Widget.Api.Contacts;

/// <summary>The regions in which a phone number without a country code may be, the most probable first.</summary>
internal static class PhoneRegions
{
    // The regions where most speakers of a language live. The number decides: it is rarely valid in several of them.
    private static readonly FrozenDictionary<string, string[]> OfLanguage = new Dictionary<string, string[]>
    {
        ["en"] = ["US", "GB"],
        ["de"] = ["DE", "AT", "CH"],
        ["es"] = ["ES", "MX"],
        ["fr"] = ["FR", "BE", "CH"],
        ["it"] = ["IT"],
        ["pt"] = ["PT", "BR"],
        ["nl"] = ["NL"],
        ["ar"] = ["SA", "AE", "EG"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> OfTimeZone = (TzdbDateTimeZoneSource.Default.ZoneLocations ?? [])
        .ToFrozenDictionary(location => location.ZoneId, location => location.CountryCode, StringComparer.Ordinal);

    /// <param name="settings">The tenant's settings: its region and the time zone of its office hours.</param>
    /// <param name="locale">The visitor's language, such as <c>de</c> or <c>de-AT</c>; null if it is not known.</param>
    /// <param name="text">A text of the visitor, whose language counts as well; null if there is none.</param>
    public static IReadOnlyList<string> For(TenantSettings settings, string? locale, string? text = null)
    {
        var regions = new List<string>();
        if (settings.PhoneRegion is { } region) regions.Add(region);
        var parts = (locale ?? "").Split('-', '_');
        if (parts.Length > 1 && PhoneFormat.IsRegion(parts[^1].ToUpperInvariant())) regions.Add(parts[^1].ToUpperInvariant());
        if (settings.OfficeHours is { } hours && OfTimeZone.TryGetValue(hours.TimeZone, out var country)) regions.Add(country);
        // A visitor may live elsewhere than the company.
        var language = parts[0].Length > 0 ? parts[0].ToLowerInvariant() : "en";
        var written = text is null ? language : LanguageDetector.DetectQuestion(text, fallback: language);
        foreach (var known in (string[])[written, language])
            if (OfLanguage.TryGetValue(known, out var spoken)) regions.AddRange(spoken);

        return [.. regions.Distinct(StringComparer.Ordinal)];
    }
}
