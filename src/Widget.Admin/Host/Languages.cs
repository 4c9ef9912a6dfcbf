using System.Globalization;

namespace Widget.Admin.Host;

/// <summary>
/// The languages that the console speaks. A user's choice is kept in a cookie; without one, the browser's languages decide.
/// </summary>
public static class Languages
{
    /// <summary>Codes and the languages' own names.</summary>
    public static IReadOnlyList<(string Code, string Name)> All { get; } = [("en", "English"), ("de", "Deutsch"), ("es", "Español")];

    internal static void Configure(RequestLocalizationOptions options)
    {
        var cultures = All.Select(language => Culture(language.Code)).OfType<CultureInfo>().ToList();
        options.DefaultRequestCulture = new(cultures[0]);
        options.SupportedCultures = cultures;
        options.SupportedUICultures = cultures;
    }

    // Where the system has no ICU library, there is only one culture, and the console speaks English.
    private static CultureInfo? Culture(string code)
    {
        try
        {
            return CultureInfo.GetCultureInfo(code);
        }
        catch (CultureNotFoundException)
        {
            return code == "en" ? CultureInfo.InvariantCulture : null;
        }
    }
}
