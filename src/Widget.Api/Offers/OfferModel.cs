using Widget.Contracts;
using Widget.Rag.Classification;

namespace Widget.Api.Offers;

/// <summary>The classifier of offers (docs/decisions/0038-offers.md). Its files are embedded in this assembly.</summary>
internal static class OfferModel
{
    /// <summary>Number of weights of words. Fewer than there are features: the messages to fit on have few of them.</summary>
    public const int WordWeights = 1 << 15;

    private static readonly Offer[] Order = [Offer.Person, Offer.Contact, Offer.Booking, Offer.Pricing, Offer.Demo];

    private static readonly Lazy<ClassifierWeights> LazyWeights = new(() =>
        ClassifierWeights.Read(Open("offer-weights.bin"), Order.Length, WordWeights));

    /// <summary>The labels, in the order of the weights.</summary>
    public static IReadOnlyList<Offer> Labels => Order;

    public static WordFeatures Features { get; } = new(TopicTable.Read(Open("offer-topics.txt")), topicScale: 1.2f);

    public static ClassifierWeights Weights => LazyWeights.Value;

    private static Stream Open(string name) =>
        typeof(OfferModel).Assembly.GetManifestResourceStream($"Widget.Api.Offers.{name}")
        ?? throw new InvalidOperationException($"The assembly does not contain {name}.");
}
