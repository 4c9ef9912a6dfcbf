using Widget.Api.Contacts;
using Widget.Contracts;
using Widget.Rag.Classification;
using Widget.Rag.Embeddings.Local;

namespace Widget.Api.Offers;

/// <summary>What the rules for small talk say about a message.</summary>
public enum SocialSign
{
    /// <summary>It is not small talk.</summary>
    None,

    /// <summary>It asks for a person, or complains of the assistant.</summary>
    Person,

    /// <summary>It leaves contact details.</summary>
    Contact,

    /// <summary>It complains of the company.</summary>
    Complaint,

    /// <summary>A greeting, thanks or the like.</summary>
    Other,
}

/// <summary>What a message calls for.</summary>
/// <param name="Offers">In the order of <see cref="Offer"/>; empty for most messages.</param>
/// <param name="Recognized">The visitor's own contact details in the message; null if there are none.</param>
public sealed record OfferReading(IReadOnlyList<Offer> Offers, RecognizedContact? Recognized)
{
    public static OfferReading None { get; } = new([], Recognized: null);
}

/// <summary>
/// Tells what a visitor's message calls for. A classifier reads its words, and its meaning when the local sentence models are available.
/// <see cref="ContactReader"/> finds contact details; the classifier decides whether they are the visitor's own.
/// </summary>
/// <param name="sentences">The local sentence models; null to decide by words alone.</param>
public sealed class OfferReader(SentenceEmbedder? sentences = null)
{
    /// <summary>In characters. The beginning of a long pasted text says what the visitor wants.</summary>
    private const int MaxLength = 1_000;

    // Log-odds above which a label holds, in the order of the labels. A wrong offer on an ordinary message disturbs most, so labels that
    // are often mistaken have higher thresholds. The thresholds were chosen on messages by authors whose messages were not used for
    // fitting.
    private static readonly float[] Alone = [0.5f, 0.2f, 0.6f, 0.8f, 0.5f];

    // The same beside another label: the message is not ordinary then.
    private static readonly float[] Beside = [-0.2f, -0.1f, -0.4f, -0.4f, -0.4f];

    /// <param name="message">The visitor's message.</param>
    /// <param name="regions">Where a phone number without a country code may be, the most probable region first.</param>
    /// <param name="sign">What the rules for small talk say.</param>
    public OfferReading Read(string message, IReadOnlyList<string> regions, SocialSign sign)
    {
        if (message.Length > MaxLength) message = message[..MaxLength];
        var contact = ContactReader.Read(message, regions);
        var features = Features(contact, sign);
        if (features.Count == 0) return OfferReading.None;
        return Decide(OfferModel.Weights.Scores(features, sentences?.EmbedQuestion(message)), contact, sign);
    }

    internal static IReadOnlyList<Feature> Features(ContactReading contact, SocialSign sign)
    {
        var signs = new List<string> { $"social {sign}" };
        if (contact.Email is not null || contact.Phone is not null) signs.Add("contact");
        if (contact.Masked.AsSpan().ContainsAny('?', '؟')) signs.Add("question");
        return OfferModel.Features.Of(OfferText.Prepare(contact.Masked), signs);
    }

    /// <param name="scores">Log-odds of the labels.</param>
    /// <param name="contact">The contact details in the message.</param>
    /// <param name="sign">What the rules for small talk say.</param>
    /// <param name="raise">Added to each threshold. Used when the thresholds are tuned.</param>
    internal static OfferReading Decide(float[] scores, ContactReading contact, SocialSign sign, float raise = 0)
    {
        // Without contact details there is nothing to keep.
        bool IsPossible(Offer label) => label != Offer.Contact || !contact.IsEmpty;
        bool IsSaid(Offer label) => (label, sign) is (Offer.Person, SocialSign.Person) or (Offer.Contact, SocialSign.Contact);
        bool Holds(int i, float[] thresholds) =>
            IsPossible(OfferModel.Labels[i]) && (IsSaid(OfferModel.Labels[i]) || scores[i] > thresholds[i] + raise);

        var labels = Enumerable.Range(0, scores.Length).ToList();
        var thresholds = labels.Exists(i => Holds(i, Alone)) ? Beside : Alone;
        List<Offer> offers = [.. labels.Where(i => Holds(i, thresholds)).Select(i => OfferModel.Labels[i])];
        var recognized = offers.Contains(Offer.Contact) ? new RecognizedContact { Email = contact.Email, Phone = contact.Phone } : null;
        return new OfferReading(offers, recognized);
    }
}
