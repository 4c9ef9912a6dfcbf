using Widget.Api.Contacts;
using Widget.Contracts;

namespace Widget.Api.Tests.Contacts;

public sealed class ContactReaderShould
{
    [Theory]
    [InlineData("jane.doe@example.com", "jane.doe@example.com")]
    [InlineData("Write to Jane.Doe@Example.COM.", "jane.doe@example.com")]
    [InlineData("(jane+news@mail.example.co.uk)", "jane+news@mail.example.co.uk")]
    [InlineData("mailto:jane@example.com, please", "jane@example.com")]
    [InlineData("Is it ok? jane_doe-99@my-shop.example!", "jane_doe-99@my-shop.example")]
    [InlineData("my mail is jane dot doe at example dot com", "jane.doe@example.com")]
    [InlineData("jane (at) firma (punkt) de", "jane@firma.de")]
    [InlineData("jane[at]firma[dot]de", "jane@firma.de")]
    [InlineData("jane {at} firma.de", "jane@firma.de")]
    [InlineData("jane DOT doe AT example DOT co DOT uk", "jane.doe@example.co.uk")]
    [InlineData("jane ät firma punkt de", "jane@firma.de")]
    [InlineData("jane guion bajo doe arroba acme punto example", "jane_doe@acme.example")]
    [InlineData("jane guión medio doe arrobas acme.example", "jane-doe@acme.example")]
    [InlineData("jane tiret du bas doe aroba acme point example", "jane_doe@acme.example")]
    [InlineData("jane under score doe at sign acme dot example", "jane_doe@acme.example")]
    [InlineData("jane شرطة سفلية doe آت acme نقطة example", "jane_doe@acme.example")]
    [InlineData("jane minus doe at my minus shop dot com", "jane-doe@my-shop.com")]
    [InlineData("jane @ example . com", "jane@example.com")]
    [InlineData("jane@example,com", "jane@example.com")]
    [InlineData("jane@firma. de danke", "jane@firma.de")]
    [InlineData("mi correo: juana punto perez arroba ejemplo punto es", "juana.perez@ejemplo.es")]
    [InlineData("jeanne point martin arobase exemple point fr", "jeanne.martin@exemple.fr")]
    [InlineData("jeanne tiret martin arobase exemple point fr", "jeanne-martin@exemple.fr")]
    [InlineData("بريدي jane@example.com", "jane@example.com")]
    [InlineData("jane ات example نقطة com", "jane@example.com")]
    [InlineData("jane٢@example.com", "jane2@example.com")]
    [InlineData("i'm at jane.doe@example.com", "jane.doe@example.com")]
    [InlineData("reach me at jane at example dot com", "jane@example.com")]
    [InlineData("jane＠example．com", "jane@example.com")]
    [InlineData("ｊａｎｅ＿ｄｏｅ＋ｎｅｗｓ＠ｅｘａｍｐｌｅ．ｃｏｍ", "jane_doe+news@example.com")]
    [InlineData("jane@", null)]
    [InlineData("@jane_doe on the bird site", null)]
    [InlineData("I work at example dot com", null)]
    [InlineData("I bought it at shop.example", null)]
    [InlineData("Meet me at noon. Please come", null)]
    [InlineData("look at the dot in the corner", null)]
    public void Find_an_email_address(string message, string? email) => Read(message).Email.ShouldBe(email);

    [Theory]
    [InlineData("DE", "0171 / 39 20 055", "+491713920055")]
    [InlineData("DE", "(030) 23125 684", "+493023125684")]
    [InlineData("DE", "Tel.: 040 66969-218.", "+494066969218")]
    [InlineData("DE", "+49 (0)171 3920055", "+491713920055")]
    [InlineData("DE", "0049 171 3920055", "+491713920055")]
    [InlineData("US", "0049 171 3920055", "+491713920055")]
    [InlineData("US", "call 415-555-0132", "+14155550132")]
    [InlineData("US", "(212) 555-0176", "+12125550176")]
    [InlineData("US", "303.555.0148", "+13035550148")]
    [InlineData("US", "+44 20 7946 0815", "+442079460815")]
    [InlineData("GB", "07700 900482", "+447700900482")]
    [InlineData("GB", "tonight at 7.30, 07911 123456", "+447911123456")]
    [InlineData("ES", "612 34 58 90", "+34612345890")]
    [InlineData("MX", "mi cel es 33-1547-2208", "+523315472208")]
    [InlineData("FR", "06.39.98.41.27", "+33639984127")]
    [InlineData("FR", "+33 (0)7 68 04 91 36", "+33768049136")]
    [InlineData("CH", "079 412 55 08", "+41794125508")]
    [InlineData("AT", "0664 123 48 90", "+436641234890")]
    [InlineData("SA", "رقمي ٠٥٥٣٤٧١٢٩٨", "+966553471298")]
    [InlineData("SA", "+٩٦٦ ٥٤ ٣٣٨ ٧١٢٠", "+966543387120")]
    [InlineData("EG", "واتساب ٠١٠٦٣٣٨٢٢٤٧", "+201063382247")]
    [InlineData("DE", "null eins sieben eins drei neun zwei null null fünf fünf", "+491713920055")]
    [InlineData("GB", "oh seven nine double one, one two three, four five six", "+447911123456")]
    [InlineData("FR", "zéro six, trente-neuf, quatre-vingt-dix-huit, zéro deux, quinze", "+33639980215")]
    [InlineData("FR", "zéro un, soixante-et-onze, quatre-vingt, dix-sept, vingt et un", "+33171801721")]
    [InlineData("BE", "zéro quatre, septante, douze, trente-quatre, cinquante-six", "+32470123456")]
    [InlineData("GB", "https://wa.me/447911123456?text=hi", "+447911123456")]
    [InlineData("DE", "wa.me/491713920055", "+491713920055")]
    [InlineData("US", "api.whatsapp.com/send?phone=14155550132", "+14155550132")]
    [InlineData("US", "My order number is 415 555 0132", null)]
    [InlineData("US", "tracking 1Z999AA10123456784", null)]
    [InlineData("US", "#4155550132", null)]
    [InlineData("DE", "Bestellnummer 0171 3920055", null)]
    [InlineData("DE", "Seriennummer 0176-4482-2091", null)]
    [InlineData("DE", "IBAN DE89 3704 0044 0532 0130 00", null)]
    [InlineData("DE", "am 12.03.2024 um 10:30", null)]
    [InlineData("DE", "2024-03-12", null)]
    [InlineData("DE", "für 1.250.000 Euro", null)]
    [InlineData("FR", "numéro de commande 06 39 98 41 27", null)]
    [InlineData("ES", "mi pedido es el 612 345 890", null)]
    [InlineData("SA", "رقم طلبي ٠٥٥٣٤٧١٢٩٨", null)]
    [InlineData("US", "part no. 800-555-2210-B", null)]
    [InlineData("US", "version 2.14.0.3381", null)]
    [InlineData("US", "we are 12 people", null)]
    public void Find_a_telephone_number_as_E164(string region, string message, string? phone) =>
        ContactReader.Read(message, [region]).Phone.ShouldBe(phone);

    // A company in Germany also gets numbers from abroad, which don't begin with 0 or have another length.
    [Theory]
    [InlineData("en-US", "Call me at (415) 555-0132", "+14155550132")]
    [InlineData("en", "ring me on 0161 496 0123", "+441614960123")]
    [InlineData("en", "ring me on 020 7946 0958", "+442079460958")]
    [InlineData("fr", "vous pouvez me joindre au 01 42 68 53 00", "+33142685300")]
    [InlineData("es", "mi teléfono es el 612 34 56 78", "+34612345678")]
    [InlineData("de", "rufen Sie mich an: 171 3920055", "+491713920055")]
    [InlineData("en", "call me on +1 415 555 013", null)]
    [InlineData("en", "call me at 2027-05-01 10:00", null)]
    [InlineData("en", "call me tomorrow 10 30, room 4155552", null)]
    [InlineData("en", "call me at 9.30 030 23125 684", "+493023125684")]
    [InlineData("de", "Anruf bitte um 18:00 0171 3920055", "+491713920055")]
    [InlineData("en", "call me at 10:30 0171 3920055", "+491713920055")]
    [InlineData("en", "call me on 1520 3456789", "+4915203456789")]
    [InlineData("en", "0171 3920055 030 23125684", "+493023125684")]
    public void Find_the_number_of_a_visitor_from_elsewhere(string locale, string message, string? phone)
    {
        var settings = new TenantSettings { OfficeHours = new OfficeHours { TimeZone = "Europe/Berlin" } };

        ContactReader.Read(message, PhoneRegions.For(settings, locale, message)).Phone.ShouldBe(phone);
    }

    [Theory]
    [InlineData("sorry, jane@example.com not jnae@example.com", "jane@example.com")]
    [InlineData("jnae@example.com, sorry, jane@example.com", "jane@example.com")]
    [InlineData("not jnae@example.com but jane@example.com", "jane@example.com")]
    [InlineData("jnae@example.com was a typo, use jane@example.com", "jane@example.com")]
    [InlineData("jane@example.com statt jnae@example.com bitte", "jane@example.com")]
    [InlineData("perdón, jane@example.com, no jnae@example.com", "jane@example.com")]
    [InlineData("c'est jane@example.com, pas jnae@example.com", "jane@example.com")]
    [InlineData("الصحيح jane@example.com مو jnae@example.com", "jane@example.com")]
    [InlineData("I got a letter from bob@other.example, my address is jane@example.com", "jane@example.com")]
    [InlineData("write me at jnae@example.com. Oops, that's the old one: jane@example.com", "jane@example.com")]
    [InlineData("mein Postfach ist jnae@example.com, nein, warte: jane@example.com", "jane@example.com")]
    [InlineData("jnae@example.com no espera, es jane@example.com", "jane@example.com")]
    [InlineData("jane@example.com or jane@work.example", "jane@example.com")]
    public void Prefer_the_right_one_of_several_addresses(string message, string email) => Read(message).Email.ShouldBe(email);

    [Fact]
    public void Try_the_most_probable_region_first()
    {
        ContactReader.Read("0664 123 48 90", ["AT", "DE"]).Phone.ShouldBe("+436641234890");
        ContactReader.Read("0664 123 48 90", ["DE", "AT"]).Phone.ShouldBe("+496641234890");
        ContactReader.Read("0664 123 48 90", ["FR", "AT"]).Phone.ShouldBe("+436641234890");
        ContactReader.Read("0171 3920055", []).Phone.ShouldBeNull();
    }

    [Fact]
    public void Mask_what_it_finds() => ContactReader.Read("I am jane@example.com or 0171 3920055.", ["DE"]).Masked
        .ShouldBe($"I am  {ContactReading.EmailMask}  or  {ContactReading.PhoneMask} .");

    [Fact]
    public void Read_any_text_quickly()
    {
        string[] pasted =
        [
            "", "@", "at", "\ud800", new string('@', 5_000), new string('1', 5_000), string.Concat(Enumerable.Repeat("a@b.", 1_000)),
            string.Concat(Enumerable.Repeat("1 ", 2_000)), string.Concat(Enumerable.Repeat("at dot ", 700)),
            string.Concat(Enumerable.Repeat("one ", 1_000)), string.Concat(Enumerable.Repeat("+1-(", 1_000)),
        ];
        ContactReader.Read("Warm-up 0171 3920055", ["DE"]);
        var start = TimeProvider.System.GetTimestamp();

        foreach (var text in pasted) ContactReader.Read(text, ["DE", "US"]).Masked.ShouldNotBeNull();

        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static ContactReading Read(string message) => ContactReader.Read(message, ["US"]);
}
