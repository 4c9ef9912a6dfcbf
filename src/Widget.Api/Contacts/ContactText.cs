using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Api.Contacts;

/// <summary>A message in the plain form in which addresses and numbers are looked for.</summary>
internal static partial class ContactText
{
    // Digits as they are spelled when a number is dictated. Some are also other words; only a whole row of them is a number.
    private static readonly FrozenDictionary<string, string> SpelledDigits = new Dictionary<string, string>
    {
        ["zero"] = "0",
        ["oh"] = "0",
        ["o"] = "0",
        ["one"] = "1",
        ["two"] = "2",
        ["three"] = "3",
        ["four"] = "4",
        ["five"] = "5",
        ["six"] = "6",
        ["seven"] = "7",
        ["eight"] = "8",
        ["nine"] = "9",
        ["null"] = "0",
        ["eins"] = "1",
        ["zwei"] = "2",
        ["zwo"] = "2",
        ["drei"] = "3",
        ["vier"] = "4",
        ["fünf"] = "5",
        ["fuenf"] = "5",
        ["sechs"] = "6",
        ["sieben"] = "7",
        ["acht"] = "8",
        ["neun"] = "9",
        ["cero"] = "0",
        ["uno"] = "1",
        ["dos"] = "2",
        ["tres"] = "3",
        ["cuatro"] = "4",
        ["cinco"] = "5",
        ["seis"] = "6",
        ["siete"] = "7",
        ["ocho"] = "8",
        ["nueve"] = "9",
        ["zéro"] = "0",
        ["un"] = "1",
        ["deux"] = "2",
        ["trois"] = "3",
        ["quatre"] = "4",
        ["cinq"] = "5",
        ["sept"] = "7",
        ["huit"] = "8",
        ["neuf"] = "9",
        ["صفر"] = "0",
        ["واحد"] = "1",
        ["اثنين"] = "2",
        ["اتنين"] = "2",
        ["اثنان"] = "2",
        ["ثلاثة"] = "3",
        ["تلاتة"] = "3",
        ["ثلاثه"] = "3",
        ["أربعة"] = "4",
        ["اربعة"] = "4",
        ["اربعه"] = "4",
        ["خمسة"] = "5",
        ["خمسه"] = "5",
        ["ستة"] = "6",
        ["سته"] = "6",
        ["سبعة"] = "7",
        ["سبعه"] = "7",
        ["ثمانية"] = "8",
        ["تمانية"] = "8",
        ["ثمانيه"] = "8",
        ["تسعة"] = "9",
        ["تسعه"] = "9",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, int> Repetitions = new Dictionary<string, int>
    {
        ["double"] = 2,
        ["triple"] = 3,
        ["doppel"] = 2,
        ["doble"] = 2,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The text with ASCII digits, plain signs and spaces, without invisible characters, and with rows of spelled digits as numbers.
    /// </summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (char.IsDigit(character)) plain.Append((int)char.GetNumericValue(character));
            else if (char.GetUnicodeCategory(character) == UnicodeCategory.Format) continue;
            else plain.Append(PlainSign(character));
        }

        var written = WhatsAppLink().Replace(plain.ToString(), " whatsapp +${number} ");
        return FrenchPairs.Replace(DigitRow().Replace(written, row => Digits(row.Value) ?? row.Value));
    }

    private static char PlainSign(char character) => character switch
    {
        // Full-width forms of ASCII, as East Asian keyboards write them.
        >= '！' and <= '～' => (char)(character - '！' + '!'),
        '。' => '.',
        '‐' or '‑' or '‒' or '–' or '—' or '−' => '-',
        _ when char.GetUnicodeCategory(character) == UnicodeCategory.SpaceSeparator => ' ',
        _ => character,
    };

    // Null if not all words are digits, or if they are too few for a phone number.
    private static string? Digits(string row)
    {
        var digits = new StringBuilder();
        var times = 1;
        foreach (var word in row.Split([' ', ',', '-', '.'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Repetitions.TryGetValue(word, out var repeated)) times = repeated;
            else if (!SpelledDigits.TryGetValue(word, out var digit)) return null;
            else (_, times) = (digits.Insert(digits.Length, digit, times), 1);
        }

        return digits.Length >= 7 ? digits.ToString() : null;
    }

    private const string Spelled =
        "zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|null|eins|zwei|zwo|drei|vier|fünf|fuenf|sechs|"
        + "sieben|acht|neun|"
        + "doppel|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|doble|zéro|un|deux|trois|quatre|cinq|sept|huit|neuf|صفر|واحد|"
        + "اثنين|اتنين|اثنان|ثلاثة|تلاتة|ثلاثه|أربعة|اربعة|اربعه|خمسة|خمسه|ستة|سته|سبعة|سبعه|ثمانية|تمانية|ثمانيه|تسعة|تسعه";

    // The numbers in these links are international, without a sign.
    [GeneratedRegex(
        @"(https?://)?\b(wa\.me/|(api|web)\.whatsapp\.com/send/?\?phone=)\+?(?<number>[1-9]\d{7,14})(?!\d)\S*",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex WhatsAppLink();

    [GeneratedRegex(
        @"\b(" + Spelled + @")([ ,.\-]{1,3}(" + Spelled + @")\b){6,}",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex DigitRow();
}
