using System.Collections.Frozen;

namespace Widget.Rag.Text;

/// <summary>
/// Units, currencies and other notations that have several spellings: "€", "EUR" and "euros", or "km/h" and "kmh". Each group has one
/// sign, which is indexed and searched beside the words as written. Only signs contain <see cref="Mark"/>.
/// </summary>
internal static class Units
{
    /// <summary>How a sign begins. PostgreSQL's parser takes a word with a digit as it is, without stemming it.</summary>
    public const string Mark = "u0";

    public const string Minus = Mark + "minus";
    public const string Degree = Mark + "degree";
    public const string Percent = Mark + "percent";
    public const string Euro = Mark + "eur";
    public const string Dollar = Mark + "usd";
    public const string Pound = Mark + "gbp";
    public const string SquareMeter = Mark + "sqm";
    public const string KilometersPerHour = Mark + "kmh";

    private const string Kilometer = Mark + "km";
    private const string Hour = Mark + "hour";

    // Words that are a unit in any position.
    private static readonly FrozenDictionary<string, string> Anywhere = Table(
        """
        eur: eur euro euros
        usd: usd dollar dollars dólar dólares dolares
        chf: chf sfr
        percent: percent prozent pct percentage
        kmh: kmh kph stundenkilometer
        kwh: kwh kilowattstunde kilowattstunden
        sqm: sqm quadratmeter quadratmetern
        """);

    // Words that are a unit after a number.
    private static readonly FrozenDictionary<string, string> AfterNumber = Table(
        """
        gbp: gbp pound pounds pfund libras
        chf: franken francs francos
        percent: ciento
        degree: degree degrees grad grados gradi graus degrés c f ºc ºf celsius fahrenheit
        mph: mph
        mile: mile miles mi meile meilen millas
        km: km kilometer kilometers kilometre kilometres kilometern kilómetro kilómetros kilometros kilomètres
        sqm: qm
        m: m meter meters metre metres metern metro metros mètre mètres
        cm: cm centimeter centimeters centimetre centimetres zentimeter zentimetern centímetros centimetros
        mm: mm millimeter millimeters millimetre millimetres millimetern milímetros
        inch: inch inches zoll pulgadas
        kg: kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramos
        g: g gram grams gramm gramme grammes gramos
        lb: lb lbs
        t: ton tons tonne tonnes tonnen toneladas
        l: l ltr liter liters litre litres litern litro litros
        ml: ml milliliter milliliters millilitre millilitres mililitros
        min: min mins minute minutes minuten minuto minutos
        hour: h hr hrs hour hours stunde stunden std hora horas heure heures
        sec: sec secs second seconds sekunde sekunden segundos secondes
        day: day days tag tage tagen día días dias jour jours
        gb: gb gigabyte gigabytes
        mb: mb megabyte megabytes
        tb: tb terabyte terabytes
        w: w watt watts
        v: v volt volts
        am: am
        pm: pm
        """);

    private static readonly FrozenDictionary<string, string> Ordinals = new Dictionary<string, string>
    {
        ["1st"] = "first",
        ["2nd"] = "second",
        ["3rd"] = "third",
        ["4th"] = "fourth",
        ["5th"] = "fifth",
        ["6th"] = "sixth",
        ["7th"] = "seventh",
        ["8th"] = "eighth",
        ["9th"] = "ninth",
        ["10th"] = "tenth",
    }.ToFrozenDictionary();

    /// <summary>Whether a text that follows a number without a space is a unit, as in "25kmh".</summary>
    // After a number without a space, most single capital letters are not units: "5G", "4K".
    public static bool IsAttached(string word) => word is "C" or "F" or "L" or "V" or "W" || (Of(word, afterNumber: true) is not null
        && !(word.Length == 1 && char.IsUpper(word[0])));

    /// <summary>Whether the two signs are those of a speed that is written in words, such as "kilometers per hour".</summary>
    public static bool IsSpeed(string? distance, string? time) => distance == Kilometer && time == Hour;

    /// <summary>The sign of a unit; null for other words.</summary>
    public static string? Of(string word, bool afterNumber)
    {
        var lower = word.ToLowerInvariant();
        if (Anywhere.TryGetValue(lower, out var sign)) return sign;
        return afterNumber ? AfterNumber.GetValueOrDefault(lower) : null;
    }

    /// <summary>The word for an ordinal number with a suffix, such as "2nd"; null for other words.</summary>
    public static string? Ordinal(string word) => Ordinals.GetValueOrDefault(word.ToLowerInvariant());

    private static FrozenDictionary<string, string> Table(string lines) => lines.Split('\n')
        .Select(line => line.Split(':'))
        .SelectMany(line => line[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => (word, Sign: Mark + line[0])))
        .ToFrozenDictionary(unit => unit.word, unit => unit.Sign);
}
