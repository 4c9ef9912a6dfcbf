using Widget.Api.Answers.SmallTalk;
using Widget.Api.Contacts;
using Widget.Api.Offers;
using Widget.Contracts;

namespace Widget.Api.Answers;

/// <summary>Adds to an answer what the visitor's message calls for.</summary>
public sealed class MessageOffers(OfferReader reader)
{
    public AssistantMessage AddTo(AssistantMessage answer, AnswerContext context)
    {
        var (text, locale) = (context.Question.Text, context.Question.Locale);
        var read = reader.Read(text, PhoneRegions.For(context.Settings, locale, text), SignOf(text, context.Phrases.Language));
        if (context.ContactDeclined) read = new OfferReading([.. read.Offers.Where(offer => offer != Offer.Contact)], Recognized: null);
        return answer with
        {
            Offers = read.Offers,
            OffersPerson = answer.OffersPerson || read.Offers.Contains(Offer.Person),
            Recognized = read.Recognized,
        };
    }

    /// <summary>What the rules for small talk say about a message.</summary>
    /// <param name="message">The visitor's message.</param>
    /// <param name="language">The language to try first, ISO 639-1.</param>
    internal static SocialSign SignOf(string message, string? language) => SmallTalkReader.Read(message, language)?.Kind switch
    {
        null => SocialSign.None,
        SmallTalkKind.Person => SocialSign.Person,
        SmallTalkKind.Contact => SocialSign.Contact,
        SmallTalkKind.Complaint => SocialSign.Complaint,
        _ => SocialSign.Other,
    };
}
