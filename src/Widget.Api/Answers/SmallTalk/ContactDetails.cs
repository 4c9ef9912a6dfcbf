using System.Text.RegularExpressions;

namespace Widget.Api.Answers.SmallTalk;

/// <summary>Finds phone numbers and e-mail addresses in a message.</summary>
internal static partial class ContactDetails
{
    /// <summary>Stands for an e-mail address, or a number that can only be a phone number.</summary>
    public const string CertainWord = "@";

    /// <summary>Stands for a number that may be a phone number, but also an order number.</summary>
    public const string PossibleWord = "#";

    /// <summary>A number with fewer digits is usually no phone number, but for instance a date.</summary>
    private const int MinDigits = 7;

    private const int MinCertainDigits = 9;

    /// <summary>The maximum of ITU-T E.164.</summary>
    private const int MaxDigits = 15;

    /// <summary>The places of contact details in a text, in order, each with the word that stands for it.</summary>
    public static IReadOnlyList<(Range Place, string Word)> Find(string text)
    {
        var found = Emails().Matches(text).Select(email => (Place: email.Index..(email.Index + email.Length), Word: CertainWord)).ToList();
        foreach (Match number in Numbers().Matches(text))
        {
            var digits = number.Value.Count(char.IsDigit);
            if (digits is < MinDigits or > MaxDigits) continue;
            var place = number.Index..(number.Index + number.Length);
            if (found.Exists(other => other.Place.Start.Value <= number.Index && number.Index < other.Place.End.Value)) continue;
            found.Add((place, digits >= MinCertainDigits && PhoneNumberFormat().IsMatch(number.Value) ? CertainWord : PossibleWord));
        }

        return [.. found.OrderBy(detail => detail.Place.Start.Value)];
    }

    [GeneratedRegex(@"[\w.+\-]+@[\w\-]+(\.[\w\-]+)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Emails();

    [GeneratedRegex(@"(?<![\w#])(\+|\(\+?)?\d[\d ()/.\-]{5,}\d(?!\w)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbers();

    // Numbers with a country code or an area code, or in groups as people write phone numbers: "612 555 014", "555-867-5309".
    [GeneratedRegex(
        @"^(\(?\+|\(?0|[٠۰]|\(\d{3}\)|\d{3}[ .\-]\d{3}[ .\-]\d{3,4}$|\d{3}([ .\-]\d{2}){3}$)",
        RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex PhoneNumberFormat();
}
