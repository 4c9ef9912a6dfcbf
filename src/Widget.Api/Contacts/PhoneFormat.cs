using System.Text.RegularExpressions;
using PhoneNumbers;

namespace Widget.Api.Contacts;

/// <summary>Reads phone numbers as people write them.</summary>
internal static partial class PhoneFormat
{
    /// <summary>In characters. A number has 15 digits at most (ITU-T E.164), and signs between them.</summary>
    public const int MaxLength = 40;

    /// <summary>The error of a phone number that cannot be read.</summary>
    public const string Invalid = "phone is not a valid phone number. Write it with its country code, such as +49 30 12345678.";

    private static readonly PhoneNumberUtil Util = PhoneNumberUtil.GetInstance();

    /// <summary>Whether phone numbers of the region are known.</summary>
    public static bool IsRegion(string region) => Util.GetSupportedRegions().Contains(region);

    /// <summary>
    /// The number in the form of ITU-T E.164, such as +493012345678. Null if it is not a number of any of the regions. A region where the
    /// number is complete takes precedence over one where it lacks the leading 0: "(415) 555-0132" is a number in San Francisco, although
    /// 04155 is an area code in Germany.
    /// </summary>
    /// <param name="text">The number. With + and a country code it needs no region.</param>
    /// <param name="regions">Where it may be a national number (ISO 3166-1 alpha-2), the most probable first.</param>
    public static string? ToE164(string text, IReadOnlyList<string> regions)
    {
        if (text.Length > MaxLength) return null;
        // In most countries, 00 comes before a country code.
        var international = InternationalPrefix().Replace(text, "+");
        string? doubtful = null;
        foreach (var region in regions)
        {
            if (Parse(text, region) is { } national)
            {
                if (!IsDoubtful(text, region)) return national;
                doubtful ??= national;
            }

            if (international != text && Parse(international, region) is { } abroad) return abroad;
        }

        return Parse(international, region: null) ?? doubtful;
    }

    // A number without the 0 that its region writes, or with the 1 that North Americans write before it, may be one of another region.
    private static bool IsDoubtful(string text, string region) =>
        !text.Contains('+', StringComparison.Ordinal) && Util.GetNddPrefixForRegion(region, stripNonDigits: true) switch
        {
            "0" => text.FirstOrDefault(char.IsAsciiDigit) != '0',
            "1" => text.FirstOrDefault(char.IsAsciiDigit) == '1',
            _ => false,
        };

    /// <summary>Whether a number is written with a 0 in its own country, as in "030 123456".</summary>
    /// <param name="number">A number as E.164.</param>
    public static bool BeginsWithZero(string number)
    {
        var parsed = Util.Parse(number, "ZZ");
        return Util.Format(parsed, PhoneNumberFormat.NATIONAL).TrimStart('(').StartsWith('0');
    }

    /// <summary>The region of a number, such as DE (ISO 3166-1 alpha-2). Null for numbers of no country.</summary>
    /// <param name="number">A number as E.164.</param>
    public static string? RegionOf(string number)
    {
        try
        {
            return Util.GetRegionCodeForNumber(Util.Parse(number, "ZZ")) is { Length: 2 } region && region != "ZZ" ? region : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static string? Parse(string text, string? region)
    {
        try
        {
            var number = Util.Parse(text, region ?? "ZZ");
            var written = Util.Format(number, PhoneNumberFormat.E164);
            return Util.IsValidNumber(number) || FictionalNumber().IsMatch(written) ? written : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^\s*\(?00[\s\-]?(?=[1-9])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InternationalPrefix();

    // Ofcom and Arcep keep these numbers for films and examples. The library does not know them, but people try out forms with them.
    [GeneratedRegex(@"^\+(447700900\d{3}|33(19900|26191|35301|46571|53649|63998)\d{4})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FictionalNumber();
}
