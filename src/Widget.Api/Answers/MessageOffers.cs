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
        var read = Read(context);
        return answer with
        {
            Offers = read.Offers,
            OffersPerson = answer.OffersPerson || read.Offers.Contains(Offer.Person),
            Recognized = read.Recognized,
        };
    }

    /// <summary>
    /// The reply to a message that is not a question to the pages, because it leaves contact details, or asks for a person or an
    /// appointment. Null for any other message.
    /// </summary>
    internal string? ReplyWithoutPages(AnswerContext context)
    {
        // What is also a question stays unanswered.
        if (context.Question.Text.AsSpan().ContainsAny('?', '؟')) return null;
        var (read, replies) = (Read(context), context.Phrases.Replies);
        return read.Recognized is not null ? replies.Contact
            : read.Offers.Contains(Offer.Booking) ? replies.Booking
            : read.Offers.Contains(Offer.Person) ? replies.Person
            : null;
    }

    private OfferReading Read(AnswerContext context)
    {
        var (text, locale) = (context.Question.Text, context.Question.Locale);
        var read = reader.Read(text, PhoneRegions.For(context.Settings, locale, text), SignOf(text, context.Phrases.Language));
        return context.ContactDeclined
            ? new OfferReading([.. read.Offers.Where(offer => offer != Offer.Contact)], Recognized: null)
            : read;
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
