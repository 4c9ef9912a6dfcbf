using System.Text.RegularExpressions;

namespace Widget.Api.Answers.SmallTalk;

/// <summary>Finds phone numbers and e-mail addresses in a message.</summary>
internal static partial class ContactDetails
{
    /// <summary>Stands for an e-mail address, or a number that can only be a phone number.</summary>
    public const string CertainWord = "@";

    /// <summary>Stands for a number that may be a phone number, or that of an order.</summary>
    public const string PossibleWord = "#";

    /// <summary>With fewer digits a number is not dialled, or it is a date.</summary>
    private const int MinDigits = 7;

    private const int MinCertainDigits = 9;

    /// <summary>ITU-T E.164 allows 15.</summary>
    private const int MaxDigits = 15;

    /// <summary>The places of contact details in a text, in order, each with the word that stands for it.</summary>
    public static IReadOnlyList<(Range Place, string Word)> Find(string text)
    {
        var found = Emails().Matches(text).Select(email => (email.Index..(email.Index + email.Length), CertainWord)).ToList();
        foreach (Match number in Numbers().Matches(text))
        {
            var digits = number.Value.Count(char.IsDigit);
            if (digits is < MinDigits or > MaxDigits) continue;
            var place = number.Index..(number.Index + number.Length);
            if (found.Exists(other => other.Item1.Start.Value <= number.Index && number.Index < other.Item1.End.Value)) continue;
            found.Add((place, digits >= MinCertainDigits && Dialled().IsMatch(number.Value) ? CertainWord : PossibleWord));
        }

        return [.. found.OrderBy(detail => detail.Item1.Start.Value)];
    }

    [GeneratedRegex(@"[\w.+\-]+@[\w\-]+(\.[\w\-]+)+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Emails();

    [GeneratedRegex(@"(?<![\w#])(\+|\(\+?)?\d[\d ()/.\-]{5,}\d(?!\w)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Numbers();

    // With a country code, an area code, or in groups as numbers are read aloud: "612 555 014", "555-867-5309".
    [GeneratedRegex(@"^(\(?\+|\(?0|[٠۰]|\(\d{3}\)|\d{3}[ .\-]\d{3}[ .\-]\d{3,4}$|\d{3}([ .\-]\d{2}){3}$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dialled();
}
