using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Api.Contacts;

/// <summary>Phone numbers as they are dictated in French: in pairs ("zéro six, trente-neuf, quatre-vingt-dix-huit, …").</summary>
internal static partial class FrenchPairs
{
    private const int MinDigits = 8;
    private const int Twenty = 20;

    private static readonly FrozenDictionary<string, int> Values = new Dictionary<string, int>
    {
        ["zéro"] = 0,
        ["zero"] = 0,
        ["un"] = 1,
        ["deux"] = 2,
        ["trois"] = 3,
        ["quatre"] = 4,
        ["cinq"] = 5,
        ["six"] = 6,
        ["sept"] = 7,
        ["huit"] = 8,
        ["neuf"] = 9,
        ["dix"] = 10,
        ["onze"] = 11,
        ["douze"] = 12,
        ["treize"] = 13,
        ["quatorze"] = 14,
        ["quinze"] = 15,
        ["seize"] = 16,
        ["vingt"] = Twenty,
        ["vingts"] = Twenty,
        ["trente"] = 30,
        ["quarante"] = 40,
        ["cinquante"] = 50,
        ["soixante"] = 60,
        ["septante"] = 70,
        ["huitante"] = 80,
        ["octante"] = 80,
        ["nonante"] = 90,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The text with such numbers in digits.</summary>
    public static string Replace(string text) => Row().Replace(text, row => Digits(row.Value) ?? row.Value);

    // Null if they are too few digits for a phone number.
    private static string? Digits(string row)
    {
        var digits = new StringBuilder();
        // A comma ends a pair. Otherwise the longest number is meant: "vingt deux" is 22.
        foreach (var part in row.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = Words().Matches(part).Select(word => word.Value).Where(word => Values.ContainsKey(word)).ToList();
            for (var i = 0; i < words.Count;)
            {
                var (value, length) = Number(words, i);
                digits.Append(value);
                i += length;
            }
        }

        return digits.Length >= MinDigits ? digits.ToString() : null;
    }

    private static (int Value, int Length) Number(List<string> words, int first)
    {
        var (value, length) = (Values[words[first]], 1);
        int? Next() => first + length < words.Count ? Values[words[first + length]] : null;
        if (value == 4 && Next() == Twenty) (value, length) = (80, 2);
        var below = value switch
        {
            10 => 10, // "dix-sept" to "dix-neuf"
            60 or 80 => 20, // "soixante-douze", "quatre-vingt-dix-huit"
            >= Twenty => 10,
            _ => 0,
        };
        while (below > 0 && Next() is > 0 and var more && more < below)
        {
            if (value == 10 && more < 7) break;
            (value, length) = (value + more, length + 1);
            // "quatre-vingt-dix" may go on with "huit".
            below = more == 10 ? 10 : 0;
        }

        return (value, length);
    }

    private const string Word =
        "zéro|zero|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|"
        + "cinquante|soixante|septante|huitante|octante|nonante";

    [GeneratedRegex(
        @"\b(" + Word + @")([ ,.\-]{1,3}(et[ \-])?(" + Word + @")\b){4,}",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\p{L}+", RegexOptions.None, 1000)]
    private static partial Regex Words();
}
