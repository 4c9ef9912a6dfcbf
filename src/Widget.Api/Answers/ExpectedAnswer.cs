using System.Text.RegularExpressions;

namespace Widget.Api.Answers;

/// <summary>
/// What an answer must contain, if the question's words show it and a sentence can be checked for it: "What does it cost?" asks for an
/// amount, even if the sentence uses other words, such as "price". Quotes are chosen by words and have no other way to know this.
/// </summary>
internal sealed partial record ExpectedAnswer
{
    private ExpectedAnswer(Regex pattern, bool isNeeded) => (Pattern, IsNeeded) = (pattern, isNeeded);

    private Regex Pattern { get; }

    /// <summary>Whether only a sentence that contains it can answer the question, as for a phone number.</summary>
    public bool IsNeeded { get; }

    public bool IsIn(string text) => Pattern.IsMatch(text);

    /// <summary>Null when the question's words do not say what to expect.</summary>
    public static ExpectedAnswer? To(string question)
    {
        if (AsksForPhone().IsMatch(question)) return new ExpectedAnswer(Phone(), isNeeded: true);
        if (AsksForEmail().IsMatch(question)) return new ExpectedAnswer(Email(), isNeeded: true);
        return AsksForAmount().IsMatch(question) ? new ExpectedAnswer(Amount(), isNeeded: false) : null;
    }

    [GeneratedRegex(
        """
        \b(
          costs? | prices?d? | pricing | expensive | cheap(er|est)? | fees? | how\ much\ (is|are|for)
          | kostet | kosten | preise? | teu(er|rer|erste\w*) | (günstig|billig)(er|ere[nrs]?|st\w*)? | wie\ ?viel\ kost\w*
          | cuesta\w* | cuestan | precios? | tarifas? | barat[oa]s?
          | prix | coûte\w* | (moins|plus)\ chère?s? | tarifs?
        )\b | كم\ (سعر|تكلفة|يكلف) | سعر
        """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex AsksForAmount();

    [GeneratedRegex(
        @"(?<!-)(\d\s?(euros?|eur|€|\$|£|usd|gbp|chf|dollars?|dólares|kr)|[€$£]\s?\d|free of charge|\bfree\b|kostenlos|gratis)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex Amount();

    [GeneratedRegex(
        @"\b((tele)?phone|call you|telefon(nummer)?|rufnummer|anrufen|teléfono|llamar(os|les))\b|هاتف",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex AsksForPhone();

    [GeneratedRegex(@"(\+|\b0)\d[\d\s()/.-]{5,}\d", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Phone();

    [GeneratedRegex(
        @"\b(e-?mail address|your e-?mail|e-?mail-?adresse|correo electrónico)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex AsksForEmail();

    [GeneratedRegex(@"\b[\w.+-]+@[\w-]+(\.[\w-]+)+\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Email();
}
