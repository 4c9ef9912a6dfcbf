using FsCheck;
using FsCheck.Fluent;
using Widget.Rag.Search;
using static Widget.Rag.Tests.Search.StubKnowledgeBase;

namespace Widget.Rag.Tests.Search;

public sealed class MergingShould
{
    private const string Battery = "The battery is covered for two years or seven hundred full charging cycles, "
        + "whichever comes first, and the charger for one year.";

    [Fact]
    public void Measure_each_side_by_its_own_best()
    {
        var (hits, _) = Merging.Merge(
            [new("own", 0.5, [Hit("a", 0.02), Hit("b", 0.01)]), new("tavus", 0.5, [Hit("c", 900), Hit("d", 90)])]);

        hits.Select(hit => (hit.ExternalId, Math.Round(hit.Score, 3))).ShouldBe([("a", 0.5), ("c", 0.5), ("b", 0.25), ("d", 0.05)]);
    }

    [Theory]
    [InlineData(new[] { -1.0, -3.0, -2.0 }, new[] { 1.0, 0.0, 0.5 })]
    [InlineData(new[] { 0.0, 0.0 }, new[] { 1.0, 1.0 })]
    [InlineData(new double[0], new double[0])]
    public void Handle_negative_and_equal_scores(double[] scores, double[] normalised) =>
        Merging.Normalise(scores).ShouldBe(normalised, tolerance: 1e-9);

    [Fact]
    public void Count_a_passage_once_per_side()
    {
        var (hits, dropped) = Merging.Merge(
            [new("own", 1, [Hit("a", 1, Battery), Hit("b", 0.9, Battery.Replace(",", ";", StringComparison.Ordinal)), Hit("c", 0.1)])]);

        hits.Select(hit => hit.ExternalId).ShouldBe(["a", "c"]);
        hits[0].Score.ShouldBe(1);
        dropped.ShouldBe(new DroppedHits(1, 0, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Merge_a_passage_into_one_of_its_document_that_contains_it(bool partFirst)
    {
        var document = DocumentId.New();
        var part = Hit("part", partFirst ? 1 : 0.5, "The battery is covered for two years or seven hundred full charging cycles", document);
        var whole = Hit("whole", partFirst ? 0.5 : 1, Battery, document);

        var (hits, dropped) = Merging.Merge([new("own", 1, partFirst ? [part, whole] : [whole, part])]);

        var only = hits.ShouldHaveSingleItem();
        (only.Text, only.Score).ShouldBe((Battery, 1));
        dropped.ShouldBe(new DroppedHits(0, 1, 0));
    }

    [Fact]
    public void Keep_a_passage_that_another_document_contains()
    {
        var (hits, dropped) = Merging.Merge(
            [
                new(
                    "own",
                    1,
                    [
                        Hit("short", 1, "The battery is covered for two years or seven hundred full charging cycles"),
                        Hit("long", 0.5, Battery),
                    ]),
            ]);

        hits.Count.ShouldBe(2);
        dropped.ShouldBe(default);
    }

    [Fact]
    public void Identify_documents_of_another_knowledge_base_by_address()
    {
        var ours = Hit("ours", 1, Battery) with { Url = "https://shop.example/warranty" };
        var theirs = Hit("theirs", 1, "The battery is covered for two years or seven hundred full charging cycles") with
        {
            ChunkId = null,
            DocumentId = null,
            ForeignId = "p1",
            Url = "https://shop.example/Warranty",
            Origins = ["tavus"],
        };

        var (hits, _) = Merging.Merge([new("own", 0.5, [ours with { Origins = ["own"] }]), new("tavus", 0.5, [theirs])]);

        var only = hits.ShouldHaveSingleItem();
        (only.ExternalId, only.Text, only.Score).ShouldBe(("ours", Battery, 1));
        only.Origins.ShouldBe(["own", "tavus"]);
    }

    [Fact]
    public void Count_everything_it_drops_and_keep_scores_between_zero_and_one() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<Tuple<NonEmptyArray<Tuple<byte, byte>>, NonEmptyArray<Tuple<byte, byte>>>>(),
            sides =>
            {
                // Texts come from a small set, so that many are equal.
                IReadOnlyList<Hit> Hits(NonEmptyArray<Tuple<byte, byte>> side) =>
                [
                    .. side.Get.Select(pair => Hit($"{pair.Item1 % 7}", pair.Item2)),
                ];
                var (own, tavus) = (Hits(sides.Item1), Hits(sides.Item2));
                var (hits, dropped) = Merging.Merge([new("own", 0.7, own), new("tavus", 0.3, tavus)]);
                return hits.Count + dropped.Duplicates + dropped.Contained == own.Count + tavus.Count
                    && hits.Select(hit => hit.ExternalId).Distinct().Count() == hits.Count
                    && hits.All(hit => hit.Score is >= 0 and <= 1 + 1e-9)
                    && hits.Zip(hits.Skip(1)).All(pair => pair.First.Score >= pair.Second.Score);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Give_the_first_five_places_to_more_than_one_document()
    {
        var (page, other, third) = (DocumentId.New(), DocumentId.New(), DocumentId.New());
        Hit[] hits =
        [
            Hit("p1", 1, document: page), Hit("p2", 0.95, document: page), Hit("p3", 0.9, document: page), Hit("p4", 0.85, document: page),
            Hit("o1", 0.6, document: other), Hit("t1", 0.5, document: third), Hit("o2", 0.4, document: other), Hit(
                "o3",
                0.39,
                document: other),
        ];

        var spread = Diversity.Spread(hits);

        spread.Select(hit => hit.ExternalId).ShouldBe(["p1", "p2", "o1", "t1", "o2", "p3", "p4", "o3"]);
    }

    [Fact]
    public void Leave_the_places_to_one_document_when_nothing_else_is_relevant()
    {
        var page = DocumentId.New();
        Hit[] hits =
        [
            Hit("p1", 1, document: page),
            Hit("p2", 0.9, document: page),
            Hit("p3", 0.8, document: page),
            Hit("p4", 0.7, document: page),
            Hit("x", 0.2),
            Hit("y", 0.1),
        ];

        Diversity.Spread(hits).Select(hit => hit.ExternalId).ShouldBe(["p1", "p2", "p3", "p4", "x", "y"]);
    }

    [Fact]
    public void Lose_no_hit_and_no_documents_first_place_by_spreading() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonEmptyArray<Tuple<byte, byte>>>(),
            pairs =>
            {
                var documents = Enumerable.Range(0, 4).Select(_ => DocumentId.New()).ToArray();
                Hit[] hits =
                [
                    .. pairs.Get.Select((pair, i) => Hit($"{i}", pair.Item1, document: documents[pair.Item2 % 4]))
                        .OrderByDescending(hit => hit.Score),
                ];
                var spread = Diversity.Spread(hits);
                // Documents keep the order of their first hits, as far as their scores differ.
                static double[] Firsts(IEnumerable<Hit> list) => [.. list.DistinctBy(hit => hit.DocumentId).Select(hit => hit.Score)];
                return spread.Select(hit => hit.ExternalId).Order().SequenceEqual(hits.Select(hit => hit.ExternalId).Order())
                    && Firsts(spread).SequenceEqual(Firsts(hits));
            }).QuickCheckThrowOnFailure();
}
