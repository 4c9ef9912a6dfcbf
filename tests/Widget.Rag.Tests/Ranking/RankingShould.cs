using FsCheck;
using FsCheck.Fluent;
using Widget.Rag.Ranking;
using Widget.Rag.Search;

namespace Widget.Rag.Tests.Ranking;

public sealed class RankingShould
{
    [Fact]
    public void Fuse_by_a_convex_combination_of_normalised_scores()
    {
        var fused = Fusion.Convex([new Candidate<string>("a", 10, 0.1), new("b", 5, 0.9), new("c", 0, 0.5)], new ArmWeights(0.3, 0));

        fused.Select(entry => (entry.Item, Math.Round(entry.Score, 4))).ShouldBe([("a", 0.7), ("b", 0.65), ("c", 0.15)]);
    }

    [Fact]
    public void Rank_like_the_only_arm_with_weight() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonEmptyArray<Tuple<byte, byte>>>(),
            scores =>
            {
                var candidates = scores.Get.Select((pair, i) => new Candidate<int>(i, pair.Item1, pair.Item2)).ToArray();
                var lexical = candidates.OrderByDescending(candidate => candidate.Lexical).Select(candidate => candidate.Item);
                var dense = candidates.OrderByDescending(candidate => candidate.Dense).Select(candidate => candidate.Item);
                return Fusion.Convex(candidates, new ArmWeights(0, 0)).Select(entry => entry.Item).SequenceEqual(lexical)
                    && Fusion.Convex(candidates, new ArmWeights(1, 0)).Select(entry => entry.Item).SequenceEqual(dense)
                    && Fusion.Convex(candidates, new ArmWeights(0.3, 0)).All(entry => entry.Score is >= 0 and <= 1);
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("The battery lasts two years.", "The battery lasts two years!", true)]
    [InlineData("The battery lasts two years.", "The frame lasts five years.", false)]
    [InlineData("short", "short", true)]
    [InlineData("", "", true)]
    public void Recognise_the_same_passage(string a, string b, bool same) =>
        NearDuplicates.AreSame(NearDuplicates.Shingles(a), NearDuplicates.Shingles(b)).ShouldBe(same);

    [Fact]
    public void Compute_how_much_of_a_question_a_passage_covers()
    {
        QuestionTerm[] terms =
        [
            new("how", 1, 0.1f, 0.3f, true, 50, 1),
            new("charg", 2, 3, 3, false, 4, 2),
            new("batteri", 3, 1, 1, false, 20, 3),
            new("zeppelin", 4, 4, 4, false, 0, 4),
        ];

        Confidence.Coverage(terms, ["how", "charg", "batteri"]).ShouldBe(0.5, tolerance: 1e-6);
        Confidence.Coverage(terms, ["how"]).ShouldBe(0);
        Confidence.Coverage([terms[0]], ["how"]).ShouldBe(1);
        Confidence.Coverage([], []).ShouldBe(0);
    }

    [Fact]
    public void Count_a_word_once_however_many_languages_stem_it()
    {
        QuestionTerm[] terms =
        [
            new("polici", 1, 2, 2, false, 9, 1), new("polic", 2, 5, 5, false, 0, 1), new("policies", 3, 5, 5, false, 0, 1),
            new("refund", 4, 2, 2, false, 9, 2), new("refunding", 5, 5, 5, false, 0, 2),
        ];

        Confidence.Coverage(terms, ["polici", "refund"]).ShouldBe(1);
        Confidence.Coverage(terms, ["refund"]).ShouldBe(0.5, tolerance: 1e-6);
    }

    [Fact]
    public void Grow_with_coverage_and_similarity()
    {
        Confidence.Of(new RelevanceSignals(0.9, 0.5, null)).ShouldBeGreaterThan(0.99);
        Confidence.Of(new RelevanceSignals(0, 0.08, null)).ShouldBeLessThan(0.05);
        Confidence.Of(new RelevanceSignals(0.5, 0.2, null)).ShouldBeGreaterThan(Confidence.Of(new RelevanceSignals(0.4, 0.2, null)));
        Confidence.Of(new RelevanceSignals(0.5, 0.2, null)).ShouldBeGreaterThan(Confidence.Of(new RelevanceSignals(0.5, 0.1, null)));
    }

    [Theory]
    [InlineData("Show me how the dashboard looks", true)]
    [InlineData("Is there a video of the setup?", true)]
    [InlineData("What colour is the lamp in the video?", true)]
    [InlineData("Zeigen Sie mir ein Bild", true)]
    [InlineData("How much is the Team plan?", false)]
    [InlineData("Do you deliver to Denmark?", false)]
    public void Distinguish_multimodal_questions_from_plain_ones(string question, bool multimodal) =>
        new QuestionRouter().Decide(question).Multimodal.ShouldBe(multimodal);
}
