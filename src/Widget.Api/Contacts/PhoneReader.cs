using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Widget.Api.Contacts;

/// <summary>
/// Finds phone numbers in a message. A number with the digits of one may be something else: the nearest word before it that says what
/// it is decides ("order", "tel"), and dates, prices, IBANs and parts of codes are left out.
/// </summary>
internal static partial class PhoneReader
{
    private const int MinDigits = 7;
    private const int MaxDigits = 17;

    /// <summary>Characters before a number that are searched for words about it.</summary>
    private const int WindowChars = 45;

    /// <summary>A word such as "order" counts among the last five words of them.</summary>
    private const int OtherWindowWords = 5;

    private static readonly FrozenSet<string> PhoneWords = Words(
        "phone telephone tel mobile cell cellphone call ring text txt sms whatsapp whats reach landline dial fax "
        + "telefon handy mobil anruf anrufen rufen rückruf zurückrufen ruf erreichen erreichbar festnetz natel telefonnummer handynummer "
        + "mobilnummer rufnummer teléfono telefono móvil movil celular cel llamar llámame llámenme llámeme llamadme marcar marque fijo "
        + "téléphone telephone portable gsm appeler appelez rappeler rappelez joindre texto fixe numero_de_telephone "
        + "هاتف هاتفي جوال جوالي موبايل موبايلي رقمي نمرتي واتساب واتسابي تلفون تلفوني اتصل اتصلوا كلمني كلموني يكلمني يتصل "
        + "التواصل تواصلوا");

    private static readonly FrozenSet<string> OtherWords = Words(
        "order orders invoice serial sn tracking parcel shipment consignment ticket case reference ref account iban bic vat tax customer "
        + "member membership policy contract part article item sku version vin isbn ean code pin id ip licence license model po passport "
        + "room "
        + "bestellung bestellnummer auftrag auftragsnummer rechnung rechnungsnummer seriennummer sendung sendungsnummer paket paketnummer "
        + "kundennummer kunden vertrag vertragsnummer vorgang vorgangsnummer ticketnummer artikel artikelnummer konto "
        + "kontonummer fehlercode "
        + "aktenzeichen steuernummer buchungsnummer teilenummer mitgliedsnummer versicherungsnummer policennummer "
        + "zimmer raum "
        + "pedido factura serie guía guia seguimiento envío envio referencia expediente cuenta contrato póliza poliza código codigo "
        + "artículo articulo matrícula matricula habitación habitacion "
        + "commande facture série serie suivi colis dossier référence reference compte contrat police code article chambre salle "
        + "طلب طلبي الطلب طلبية طلبيتي فاتورة فاتورتي الفاتورة التتبع تتبع الشحنة شحنة شحنتي تسلسلي التسلسلي السيريال حسابي "
        + "الحساب الآيبان ايبان "
        + "الايبان العميل العقد البوليصة المرجع مرجع الكود كود");

    /// <param name="text">A text of <see cref="ContactText.Plain"/>.</param>
    /// <param name="regions">Where a number without a country code may be, the most probable region first.</param>
    /// <param name="taken">Places that are something else, such as e-mail addresses.</param>
    /// <returns>The numbers in order, as E.164.</returns>
    public static IReadOnlyList<FoundContact> Find(string text, IReadOnlyList<string> regions, IEnumerable<Range> taken)
    {
        var places = taken.Concat(Accounts().Matches(text).Select(account => account.Index..(account.Index + account.Length))).ToList();
        var found = new List<FoundContact>();
        foreach (Match number in Numbers().Matches(text))
        {
            if (places.Exists(place => number.Index < place.End.Value && place.Start.Value < number.Index + number.Length)) continue;
            var (start, written) = (number.Index, number.Value);
            // "At 9.30 030 123456" is a time and a number.
            while ((BeginsWithTime().IsMatch(written) || Read(text, start, written, regions) is null)
                && EndOfOtherGroup(written) is { } next)
                (start, written) = (start + next, written[next..]);
            if (Read(text, start, written, regions) is { } phone) found.Add(new FoundContact(start..(start + written.Length), phone));
        }

        return found;
    }

    private static string? Read(string text, int start, string written, IReadOnlyList<string> regions)
    {
        if (written.Count(char.IsAsciiDigit) is < MinDigits or > MaxDigits || Dates().IsMatch(written)) return null;
        var isPhone = IsPhoneByContext(text[Math.Max(0, start - WindowChars)..start], text[(start + written.Length)..]);
        if (isPhone == false) return null;
        var first = written.TrimStart('(')[0];
        if (PhoneFormat.ToE164(written, regions) is not { } phone) return null;
        // Where numbers begin with 0, others are more probably something else.
        return first is '+' or '0' || isPhone == true || !PhoneFormat.BeginsWithZero(phone) ? phone : null;
    }

    /// <summary>Whether the words around a number say that it is a phone number. Null if they do not say what it is.</summary>
    private static bool? IsPhoneByContext(string before, string after)
    {
        var words = WordForm().Matches(before);
        for (var i = words.Count - 1; i >= 0; i--)
        {
            var word = words[i].Value;
            if (words.Count - i <= OtherWindowWords && OtherWords.Contains(word)) return false;
            if (PhoneWords.Contains(word)) return true;
            // The one before said what another number is.
            if (word.Count(char.IsAsciiDigit) >= MinDigits) break;
        }

        if (CodeBefore().IsMatch(before) || CodeAfter().IsMatch(after)) return false;
        return null;
    }

    // The index after the first group if that group is not part of the number: it is a time or a date, or only the rest begins with 0 or
    // +. Otherwise null, because without its first group it would be another number.
    private static int? EndOfOtherGroup(string written)
    {
        if (Gap().Match(written) is not { Success: true } gap) return null;
        var (group, end) = (written[..gap.Index], gap.Index + gap.Length);
        var beginsNumber = written[end..].TrimStart('(')[0] is '0' or '+' && group.TrimStart('(')[0] is not ('0' or '+');
        var areTwo = written.Count(char.IsAsciiDigit) > MaxDigits;
        return beginsNumber || areTwo || Times().IsMatch(group) || Dates().IsMatch(group) ? end : null;
    }

    private static FrozenSet<string> Words(string list) =>
        list.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"(?<![\p{L}\d@.,#/_\-])(?<!\d:)\(?\+?\(?\d(?:[ ().\-/]{0,3}\d)+(?![\d@%]|[.,:]\d|[\p{L}_])", RegexOptions.None, 1000)]
    private static partial Regex Numbers();

    // International bank account numbers, in groups of four.
    [GeneratedRegex(@"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", RegexOptions.None, 1000)]
    private static partial Regex Accounts();

    [GeneratedRegex(@"^(\d{1,2}[./\-]\d{1,2}[./\-](\d{2}|\d{4})|\d{4}[./\-]\d{1,2}[./\-]\d{1,2})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dates();

    [GeneratedRegex(@"^\d{1,2}\.\d{2}$", RegexOptions.None, 1000)]
    private static partial Regex Times();

    [GeneratedRegex(@"^\d{1,2}\.\d{2} +\(?[+0]", RegexOptions.None, 1000)]
    private static partial Regex BeginsWithTime();

    [GeneratedRegex(@"[\p{L}\p{M}]+|\d[\d\-/]*", RegexOptions.None, 1000)]
    private static partial Regex WordForm();

    [GeneratedRegex(@"([$€£¥#№]|EUR|USD|CHF|GBP)\s?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeBefore();

    [GeneratedRegex(@"^(-\w|\s?([$€£¥%]|EUR\b|USD\b|CHF\b|GBP\b|euros?\b|dollars?\b|kwh\b|km\b|kg\b))",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000)]
    private static partial Regex CodeAfter();

    [GeneratedRegex(@"(?<=\d)[ ,]+(?=[+(\d])", RegexOptions.None, 1000)]
    private static partial Regex Gap();
}
