using System.Text;
using System.Text.RegularExpressions;

namespace Widget.Api.Contacts;

/// <summary>The contact details in a message.</summary>
/// <param name="Email">The e-mail address that is most probably the visitor's, in lower case; null if there is none.</param>
/// <param name="Phone">The phone number that is most probably the visitor's, as E.164; null if there is none.</param>
/// <param name="Masked">The message with a word in place of each address and number.</param>
internal sealed record ContactReading(string? Email, string? Phone, string Masked)
{
    /// <summary>Stands for an e-mail address in <see cref="Masked"/>.</summary>
    public const string EmailMask = "xemailx";

    /// <summary>Stands for a phone number in <see cref="Masked"/>.</summary>
    public const string PhoneMask = "xphonex";

    public bool IsEmpty => Email is null && Phone is null;
}

/// <summary>
/// Finds e-mail addresses and phone numbers in a message, plain or spelled, and chooses among several. Whether they are the visitor's
/// own is for the caller to decide, from the whole message.
/// </summary>
internal static partial class ContactReader
{
    /// <summary>In characters. Longer messages are pasted texts, whose contact details are rarely the visitor's.</summary>
    private const int MaxLength = 2_000;

    /// <param name="message">The visitor's message.</param>
    /// <param name="regions">Where a phone number without a country code may be, the most probable region first.</param>
    public static ContactReading Read(string message, IReadOnlyList<string> regions)
    {
        var text = ContactText.Plain(message.Length > MaxLength ? message[..MaxLength] : message);
        var emails = EmailReader.Find(text);
        var phones = PhoneReader.Find(text, regions, emails.Select(email => email.Place));
        return new ContactReading(Choose(emails, text), Choose(phones, text), Mask(text, emails, phones));
    }

    // The address with the best rank. Of several with this rank the first; the last if the message contains a word of correction ("sorry",
    // "I mean"), because people write the right address after the wrong one.
    private static string? Choose(IReadOnlyList<FoundContact> found, string text)
    {
        var (chosen, best) = ((string?)null, int.MinValue);
        for (var i = 0; i < found.Count; i++)
        {
            var before = text[(i == 0 ? 0 : found[i - 1].Place.End.Value)..found[i].Place.Start.Value];
            var after = text[found[i].Place.End.Value..(i + 1 < found.Count ? found[i + 1].Place.Start.Value : text.Length)];
            var rank = Rank(before, after);
            // "Sorry, it's …" between two: the second is right, whatever else is said of the first.
            var corrects = i > 0 && rank > Others && Correction().IsMatch(before);
            if (!corrects && (rank < best || (rank == best && !Correction().IsMatch(text)))) continue;
            (chosen, best) = (found[i].Value, rank);
        }

        return chosen;
    }

    // The rank of an address of somebody else.
    private const int Others = -1;

    private static int Rank(string before, string after)
    {
        if (NotBefore().IsMatch(before) || WrongAfter().IsMatch(after)) return -2;
        if (OthersBefore().IsMatch(before)) return Others;
        return OwnBefore().IsMatch(before) ? 1 : 0;
    }

    private static string Mask(string text, IEnumerable<FoundContact> emails, IEnumerable<FoundContact> phones)
    {
        var (masked, end) = (new StringBuilder(), 0);
        var places = emails.Select(email => (email.Place, Mask: ContactReading.EmailMask))
            .Concat(phones.Select(phone => (phone.Place, Mask: ContactReading.PhoneMask)));
        foreach (var (place, mask) in places.OrderBy(found => found.Place.Start.Value))
        {
            masked.Append(text, end, place.Start.Value - end).Append(' ').Append(mask).Append(' ');
            end = place.End.Value;
        }

        return masked.Append(text, end, text.Length - end).ToString();
    }

    // "Not jnae@…", "instead of jnae@…".
    [GeneratedRegex(
        @"\b(not|isn'?t|instead of|rather than|no longer|formerly|nicht( mehr)?|statt|anstatt|no( es)?|en (vez|lugar) de|y no|ya no|"
        + @"pas|au lieu de|plut[oô]t que|non|ليس|مو|مش|بدل|بدلا من)\s*(to|on|at|an|auf|unter|the|die|der|a|al|à|au|عن|على|من)?[\s:""'„(]*$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex NotBefore();

    // "jnae@… is wrong", "jnae@… was a typo".
    [GeneratedRegex(
        @"^[\s""'“,)]*(is|was|ist|war|es|era|est|était)?\s*(a |an |ein |eine |un |une )?(wrong|incorrect|a typo|typo|old|"
        + @"outdated|dead|falsch|"
        + @"tippfehler|veraltet|alt|mal|incorrecto|antiguo|viejo|erron|errón|faux|fausse|incorrecte|ancienne|غلط|خطأ|قديم)",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex WrongAfter();

    // The last words before an address say whose it is.
    [GeneratedRegex(
        @"\b(your|yours|his|her|their|boss|colleague|manager|husband|wife|partner|assistant|friend|he|she|they|from|ihre?|"
        + @"seine?|deine?|euer|"
        + @"eure|chef|kolleg\w*|mann|frau|von|tu|vuestro|vuestra|jefe|jefa|compañer\w*|marido|mujer|de|votre|vos|ton|patron|"
        + @"coll[eè]gue|mari|"
        + @"femme|son|sa|leur|مديري|زميلي|زوجي|زوجتي|من)\s*(\p{L}+\s*){0,2}(is|ist|es|est|:)?\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex OthersBefore();

    [GeneratedRegex(
        @"(\b(my|mine|me|i'?m|i am|us|our|mein\w*|mich|mir|uns\w*|mi|mis|me|soy|nuestr\w*|mon|ma|mes|moi|notre|nous)\b|رقمي|ايميلي|بريدي|"
        + @"إيميلي|جوالي|هاتفي|موبايلي)\P{L}*(\p{L}+\P{L}+){0,4}$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex OwnBefore();

    [GeneratedRegex(
        @"\b(sorry|correction|correct|i mean|i meant|typo|oops|wrong|actually|rather|wait|hold on|scratch that|"
        + @"make that|old one|entschuldigung|korrektur|ich mein\w*|"
        + @"vertippt|richtig|falsch|nein|warte|moment mal|halt stopp|"
        + @"perd[oó]n|correcci[oó]n|quise decir|mejor dicho|me equivoqu[eé]|correcto|espera|espere|"
        + @"pardon|attends|attendez|non|d[eé]sol[eé]\w*|je voulais dire|"
        + @"tromp[eé]\w*|plut[oô]t)\b|"
        + @"عفوا|لحظة|انتظر|استنى|آسف|اسف|أقصد|اقصد|قصدي|تصحيح|الصحيح|غلط",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex Correction();
}
