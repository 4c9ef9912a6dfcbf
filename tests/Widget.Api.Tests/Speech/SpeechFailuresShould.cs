using Widget.Api.Speech;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Speech;

/// <summary>
/// A voice that is slow, fails, refuses or has no quota left. The visitor's page is told, so that the browser continues, and nothing is
/// charged.
/// </summary>
public sealed class SpeechFailuresShould(ApiFixture api) : IAsyncLifetime
{
    private const string Reply = "The fast charger takes a while. Then it is full.";

    private readonly List<ApiNode> _nodes = [];

    public async ValueTask InitializeAsync() => await api.BehaveAsync(model: new { reply = Reply });

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Be_retried_once()
    {
        var (_, visitor, answer) = await AnswerAsync(Speaking.OpenAI(api));
        await api.Simulator.BehaveAsync(new { failNext = 1, failStatus = 503 }, "speech");

        (await visitor.HearAllAsync(answer.MessageId))[^1].ShouldBeOfType<SpeechDone>();
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(503, true)]
    [InlineData(429, false)]
    public async Task Be_reported_in_the_stream_and_cost_nothing(int status, bool fastApi)
    {
        var (tenant, visitor, answer) = await AnswerAsync(Speaking.OpenAI(api));
        await api.Simulator.BehaveAsync(new { failNext = 1000, failStatus = status, fastApi }, "speech");

        var updates = await visitor.HearAllAsync(answer.MessageId);

        updates[^1].ShouldBeOfType<SpeechFailed>().Title.ShouldBe("Voice is unavailable right now. Please try again in a minute.");
        updates.OfType<SpeechSpoken>().ShouldBeEmpty();
        await Eventually.TrueAsync(async () => (await api.UsedAsync(tenant)).Characters == 0, "what was not had is given back");
    }

    [Theory]
    [InlineData("key", false)]
    [InlineData("voice", true)]
    [InlineData("model", false)]
    [InlineData("model", true)]
    public async Task Not_be_retried_when_the_provider_refuses(string wrong, bool fastApi)
    {
        var options = Speaking.OpenAI(api);
        options = wrong switch
        {
            "key" => options with { Key = "another-key" },
            "voice" => options with { Voice = "nobody" },
            _ => options with { Model = "nothing" },
        };
        await api.BehaveAsync(new { fastApi }, new { reply = "It takes a while." });
        var (_, visitor, answer) = await AnswerAsync(options);

        (await visitor.HearAllAsync(answer.MessageId))[^1].ShouldBeOfType<SpeechFailed>();

        (await api.CountsAsync()).Refused.ShouldBe(1);
    }

    [Fact]
    public async Task Open_the_breaker_after_several_failures()
    {
        await api.BehaveAsync(model: new { reply = "It takes a while." });
        var (_, visitor, answer) = await AnswerAsync(Speaking.OpenAI(api));
        await api.Simulator.BehaveAsync(new { failNext = 1000 }, "speech");
        for (var i = 0; i < 3; i++) await visitor.HearAllAsync(answer.MessageId);
        var refused = (await api.CountsAsync()).Refused;

        (await visitor.HearAllAsync(answer.MessageId))[^1].ShouldBeOfType<SpeechFailed>();

        refused.ShouldBe(3);
        (await api.CountsAsync()).Refused.ShouldBe(refused);
    }

    [Fact]
    public async Task Be_reported_when_the_audio_breaks_off_and_not_be_cached()
    {
        await api.BehaveAsync(model: new { reply = "It takes a while." });
        var (tenant, visitor, answer) = await AnswerAsync(Speaking.OpenAI(api));
        await api.Simulator.BehaveAsync(new { cutAfter = 2, pieceDelayMs = 300 }, "speech");

        var updates = await visitor.HearAllAsync(answer.MessageId);

        updates.OfType<SpeechAudio>().ShouldNotBeEmpty();
        updates[^1].ShouldBeOfType<SpeechFailed>();
        // It was spoken, if only in part.
        (await api.UsedAsync(tenant)).Characters.ShouldBe(updates.Sentences()[0].Length);
        await api.Simulator.BehaveAsync(null, "speech");
        (await visitor.HearAllAsync(answer.MessageId))[^1].ShouldBeOfType<SpeechDone>();
        (await api.SpokenAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Be_reported_when_the_voice_sends_nothing()
    {
        var (_, visitor, answer) = await AnswerAsync(Speaking.OpenAI(api) with { Timeout = TimeSpan.FromMilliseconds(400) });
        await api.Simulator.BehaveAsync(new { delayMs = 60_000 }, "speech");

        (await visitor.HearAllAsync(answer.MessageId))[^1].ShouldBeOfType<SpeechFailed>();
    }

    [Fact]
    public async Task Be_reported_when_the_months_characters_are_used_up_except_for_cached_audio()
    {
        var (tenant, visitor, answer) = await AnswerAsync(Speaking.OpenAI(api));
        // The first sentence has 31 characters, the second 16.
        await tenant.SetAsync(new { monthlyCharacters = 40 });

        var updates = await visitor.HearAllAsync(answer.MessageId);

        updates.OfType<SpeechSpoken>().ShouldHaveSingleItem().Index.ShouldBe(0);
        updates[^1].ShouldBeOfType<SpeechFailed>().Title.ShouldBe("This month's spoken replies are used up.");
        (await api.UsedAsync(tenant)).Characters.ShouldBe(31);
        // Cached audio can be played again.
        (await visitor.HearAllAsync(answer.MessageId)).OfType<SpeechSpoken>().ShouldHaveSingleItem();
        (await api.SpokenAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Not_exceed_the_months_characters_together()
    {
        await api.BehaveAsync(
            new { delayMs = 100 },
            new
            {
                reply = string.Join(
                    ' ',
                    Enumerable.Range(0, 10).Select(number => $"This is what the {(char)('a' + number)} sentence says.")),
            });
        var (tenant, visitor, answer) = await AnswerAsync(Speaking.OpenAI(api) with { MaxStreams = 10 });
        await tenant.SetAsync(new { monthlyCharacters = 200 });

        await Task.WhenAll(Enumerable.Range(0, 10).Select(skip => visitor.HearAllAsync(answer.MessageId, skip)));

        (await api.UsedAsync(tenant)).Characters.ShouldBeInRange(165, 200);
        (await api.SpokenAsync()).Sum(request => request.Text.Length).ShouldBeLessThanOrEqualTo(200);
    }

    private async Task<(TestTenant Tenant, TestVisitor Visitor, AssistantMessage Answer)> AnswerAsync(SpeechOptions options)
    {
        var node = await Speaking.StartAsync(api, options);
        _nodes.Add(node);
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync();
        return (tenant, visitor, await visitor.AskAsync("How long does charging take?"));
    }
}
