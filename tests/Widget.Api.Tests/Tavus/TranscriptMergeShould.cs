using FsCheck;
using FsCheck.Fluent;
using Widget.Api.Video;

namespace Widget.Api.Tests.Tavus;

public sealed class TranscriptMergeShould
{
    private static readonly (bool IsVisitor, string Text)[] Call =
    [
        (false, "Hello, I am Jette. What can I do for you?"),
        (true, "How far does the Tide Cargo go?"),
        (false, "It goes eighty kilometres on one charge."),
        (true, "Okay."),
        (false, "Would you like a test ride?"),
        (true, "Okay."),
    ];

    [Fact]
    public void Add_nothing_when_everything_was_heard() => TranscriptMerge.Missing(Call, Lines(Call)).ShouldBeEmpty();

    [Fact]
    public void Add_everything_when_nothing_was_heard() => TranscriptMerge.Missing([], Lines(Call)).ShouldBe([0, 1, 2, 3, 4, 5]);

    [Fact]
    public void Add_what_was_missed_in_the_middle() =>
        TranscriptMerge.Missing([Call[0], Call[1], Call[4], Call[5]], Lines(Call)).ShouldBe([2, 3]);

    [Fact]
    public void Match_lines_that_were_heard_slightly_differently() =>
        TranscriptMerge.Missing([(true, "how far does the tight cargo go")], Lines([Call[1]])).ShouldBeEmpty();

    [Fact]
    public void Match_interrupted_lines() =>
        TranscriptMerge.Missing([(false, "It goes eighty kilometres")], Lines([Call[2]])).ShouldBeEmpty();

    [Fact]
    public void Tell_the_speakers_apart() => TranscriptMerge.Missing([(false, "Okay.")], Lines([(true, "Okay.")])).ShouldBe([0]);

    [Fact]
    public void Count_repeated_lines_separately() =>
        TranscriptMerge.Missing([(true, "Okay.")], Lines([(true, "Okay."), (true, "Okay.")])).Count.ShouldBe(1);

    [Fact]
    public void Skip_lines_without_words() => TranscriptMerge.Missing([], Lines([(true, "…")])).ShouldBeEmpty();

    [Fact]
    public void Complete_any_partly_heard_call() => Prop.ForAll(
        Gen.ListOf(Gen.Elements(Call)).Select(list => list.ToArray()).ToArbitrary(),
        Gen.ArrayOf(Gen.Elements(true, false)).ToArbitrary(),
        (said, kept) =>
        {
            var heard = said.Where((_, i) => i < kept.Length && kept[i]).ToArray();

            var missing = TranscriptMerge.Missing(heard, Lines(said));

            missing.Count.ShouldBe(said.Length - heard.Length);
            missing.ShouldBe(missing.Order());
        }).QuickCheckThrowOnFailure();

    private static TranscriptLine[] Lines(IEnumerable<(bool IsVisitor, string Text)> lines) =>
        [.. lines.Select(line => new TranscriptLine(line.IsVisitor, line.Text, null))];
}
