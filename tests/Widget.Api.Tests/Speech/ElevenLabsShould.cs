using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Speech;

/// <summary>Answers read aloud by ElevenLabs, with the times of their words.</summary>
public sealed class ElevenLabsShould(ApiFixture api) : IAsyncLifetime
{
    private const string Reply = "The **fast charger** needs [two hours](https://shop.example/charging) [1]. Then it is full.";

    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        await api.BehaveAsync();
        _node = await Speaking.StartAsync(api, Speaking.ElevenLabs(api));
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_the_time_and_position_of_each_word(bool relativeTimes)
    {
        await api.BehaveAsync(new { relativeTimes });
        var (visitor, answer) = await AnswerAsync();

        var updates = await visitor.HearAllAsync(answer.MessageId);

        updates.Sentences().ShouldBe(["The fast charger needs two hours.", "Then it is full."]);
        var words = updates.OfType<SpeechWords>().ToList();
        words.Select(told => told.Index).ShouldBe([0, 1]);
        words[0].Words.Select(word => answer.Text[word.Start..word.End]).Take(5).ShouldBe(["The", "fast", "charger", "needs", "two"]);
        words[1].Words.Select(word => answer.Text[word.Start..word.End]).ShouldBe(["Then", "it", "is", "full."]);
        foreach (var told in words)
        {
            told.Words[0].At.ShouldBe(0);
            told.Words.ShouldAllBe(word => word.At < word.Until);
            told.Words.Zip(told.Words.Skip(1)).ShouldAllBe(pair => pair.First.Until <= pair.Second.At + 0.002);
            var length = await Widget.Rag.Reading.Extraction.AudioClips.ReadAsync(
                updates.Sound(told.Index),
                TimeSpan.FromMinutes(1),
                CancellationToken.None);
            told.Words[^1].Until.ShouldBe(length.Seconds, 0.3);
        }
    }

    [Fact]
    public async Task Get_the_previous_sentence_as_context()
    {
        var (visitor, answer) = await AnswerAsync();

        await visitor.HearAllAsync(answer.MessageId);

        (await api.SpokenAsync()).OrderBy(request => request.PreviousText is null ? 0 : 1).Select(request => request.PreviousText)
            .ShouldBe([null, "The fast charger needs two hours."]);
    }

    [Fact]
    public async Task Cache_the_times_with_the_audio()
    {
        var (visitor, answer) = await AnswerAsync();
        var first = await visitor.HearAllAsync(answer.MessageId);
        var (other, same) = await AnswerAsync();

        var again = await other.HearAllAsync(same.MessageId);

        (await api.SpokenAsync()).Count.ShouldBe(2);
        again.Sound(0).ShouldBe(first.Sound(0));
        again.OfType<SpeechWords>().SelectMany(told => told.Words).ShouldBe(first.OfType<SpeechWords>().SelectMany(told => told.Words));
    }

    [Fact]
    public async Task Highlight_nothing_when_the_times_do_not_match()
    {
        await api.BehaveAsync(new { wrongCharacters = true });
        var (visitor, answer) = await AnswerAsync();

        var updates = await visitor.HearAllAsync(answer.MessageId);

        updates.OfType<SpeechWords>().ShouldBeEmpty();
        updates[^1].ShouldBeOfType<SpeechDone>();
    }

    [Fact]
    public async Task Fail_over_to_the_browser_when_the_quota_is_used_up()
    {
        await api.BehaveAsync(new { quota = 40 });
        var (visitor, answer) = await AnswerAsync();

        var updates = await visitor.HearAllAsync(answer.MessageId);

        updates.OfType<SpeechSpoken>().ShouldHaveSingleItem();
        updates[^1].ShouldBeOfType<SpeechFailed>();
        await Eventually.TrueAsync(
            async () => (await api.UsedAsync(_tenant)).Characters == updates.Sentences()[0].Length,
            "only what was spoken is counted");
    }

    private async Task<(TestVisitor Visitor, AssistantMessage Answer)> AnswerAsync()
    {
        await api.Simulator.BehaveAsync(new { reply = Reply });
        var visitor = await _tenant.VisitAsync();
        return (visitor, await visitor.AskAsync("How long does charging with the fast charger take?"));
    }
}
