using Widget.Api.Answers;
using Widget.Api.Contacts;
using Widget.Api.Offers;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Answers;

/// <summary>
/// How well it is told what messages call for, on a few that nothing was fitted on or chosen with (tests/data/offers/checks.tsv).
/// docs/benchmarks.md has the figures for more messages, by another author.
/// </summary>
public sealed class OfferReaderShould
{
    private static readonly OfferReader ByMeaning = new(SentenceModels.Shared);
    private static readonly OfferReader ByWords = new();

    [Fact]
    public void Recognise_messages_that_it_was_not_fitted_on()
    {
        var checks = OfferMessage.Checks();
        checks.Count.ShouldBeGreaterThan(90);

        Measure(checks, ByMeaning).ShouldBeGreaterThan(0.75);
        Measure(checks, ByWords).ShouldBeGreaterThan(0.70);
    }

    [Fact]
    public void Offer_little_to_ordinary_messages()
    {
        var ordinary = OfferMessage.Checks().Where(message => message.Offers.Count == 0).ToList();
        ordinary.Count.ShouldBeGreaterThan(40);

        ordinary.Where(message => Read(message, ByMeaning).Offers.Count > 0).Select(message => message.Text).Count().ShouldBeLessThan(4);
    }

    [Fact]
    public void Be_fitted_on_messages_that_do_not_measure_it()
    {
        var fitted = OfferMessage.Fit().SelectMany(part => part.Messages).Concat(OfferMessage.FitMore())
            .Select(Normalized)
            .ToHashSet(StringComparer.Ordinal);

        // Any author writes "agent" and "are you a robot". The benchmark measures without these, too.
        OfferMessage.HeldOut().Select(Normalized).Count(fitted.Contains).ShouldBeLessThan(13);
        OfferMessage.Checks().Select(Normalized).ShouldAllBe(text => !fitted.Contains(text));

        static string Normalized(OfferMessage message) => string.Join(' ', Widget.Rag.Text.Words.Of(message.Text));
    }

    [Fact]
    public void Agree_with_the_rules_for_small_talk()
    {
        ByWords.Read("zzz", [], SocialSign.Person).Offers.ShouldBe([Offer.Person]);
        ByWords.Read("jane@example.com zzz", [], SocialSign.Contact).Offers.ShouldContain(Offer.Contact);
    }

    [Fact]
    public void Read_any_text()
    {
        foreach (var text in new[] { "", "?!", "\ud800", new string('x', 50_000), string.Concat(Enumerable.Repeat("call me ", 2_000)) })
            ByWords.Read(text, ["DE"], SocialSign.None).ShouldNotBeNull();
    }

    private static double Measure(IReadOnlyList<OfferMessage> messages, OfferReader reader) =>
        (double)messages.Count(message => Names(Read(message, reader)).SequenceEqual(message.Offers)) / messages.Count;

    private static OfferReading Read(OfferMessage message, OfferReader reader) => reader.Read(
        message.Text,
        PhoneRegions.For(new TenantSettings { PhoneRegion = message.Region }, message.Language),
        MessageOffers.SignOf(message.Text, message.Language));

    private static IEnumerable<string> Names(OfferReading read) =>
        read.Offers.Select(offer => offer.ToString().ToLowerInvariant()).Order(StringComparer.Ordinal);
}
