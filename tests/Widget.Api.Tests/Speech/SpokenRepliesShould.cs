using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tests.Inbox;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Speech;

/// <summary>Answers read aloud by an OpenAI-compatible server.</summary>
public sealed class SpokenRepliesShould(ApiFixture api) : IAsyncLifetime
{
    private const string Question = "How long does charging take?";

    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        await api.BehaveAsync();
        _node = await Speaking.StartAsync(api, Speaking.OpenAI(api));
        _tenant = await TestTenant.WithKnowledgeAsync(api, _node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Read_the_message_of_a_person_aloud()
    {
        var world = new InboxWorld(_tenant);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        var message = await world.ReplyAsync(visitor, ada, "Hello, this is Ada. The price is 49 euros.");

        var updates = await visitor.HearAllAsync(message.MessageId);

        updates.OfType<SpeechSentence>().Select(sentence => sentence.Text)
            .ShouldBe(["Hello, this is Ada.", "The price is 49 euros."]);
        updates[^1].ShouldBeOfType<SpeechDone>();
        var stranger = await world.Tenant.VisitAsync();
        using var refused = await stranger.HearAsync(message.MessageId);
        refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stream_sentence_by_sentence_with_audio_and_positions()
    {
        var (visitor, answer) = await AnswerAsync("The **fast charger** needs two hours [1]. Then it is full.");

        var updates = await visitor.HearAllAsync(answer.MessageId);

        updates.Sentences().ShouldBe(["The fast charger needs two hours.", "Then it is full."]);
        updates.OfType<SpeechSentence>().Select(sentence => answer.Text[sentence.Start..sentence.End])
            .ShouldBe(["The **fast charger** needs two hours [1].", "Then it is full."]);
        updates.Where(update => update is not SpeechAudio).Select(update => update.GetType().Name)
            .ShouldBe(["SpeechSentence", "SpeechSpoken", "SpeechSentence", "SpeechSpoken", "SpeechDone"]);
        updates.OfType<SpeechAudio>().ShouldAllBe(audio => audio.MediaType == "audio/mpeg");
        foreach (var index in (int[])[0, 1])
        {
            var clip = await Widget.Rag.Reading.Extraction.AudioClips.ReadAsync(
                updates.Sound(index),
                TimeSpan.FromMinutes(1),
                CancellationToken.None);
            clip.Seconds.ShouldBeInRange(0.4, 10);
        }
    }

    [Fact]
    public async Task Start_before_the_answer_is_complete()
    {
        // The model still writes for some seconds when the first sentence is heard.
        await api.BehaveAsync(
            model: new
            {
                reply = $"The fast charger needs a while. {string.Join(' ', Enumerable.Repeat("And so it goes on for long.", 30))}",
                tokenDelayMs = 40,
            });
        var visitor = await _tenant.VisitAsync();
        using var asking = await visitor.SendAsync(Question);
        await using var answering = asking.ReadEventsAsync<AnswerUpdate>().GetAsyncEnumerator();
        (await answering.MoveNextAsync()).ShouldBeTrue();
        var message = answering.Current.Data.MessageId;

        using var response = await visitor.HearAsync(message);
        await using var hearing = response.ReadEventsAsync<SpeechUpdate>().GetAsyncEnumerator();
        while (await hearing.MoveNextAsync() && hearing.Current.Data is not SpeechAudio) { }

        hearing.Current.Data.ShouldBeOfType<SpeechAudio>().Index.ShouldBe(0);
        (await visitor.EventsAsync()).OfType<AssistantMessage>().ShouldBeEmpty();
        var rest = new List<SpeechUpdate>();
        while (await hearing.MoveNextAsync()) rest.Add(hearing.Current.Data);
        rest[^1].ShouldBeOfType<SpeechDone>();
        rest.OfType<SpeechSpoken>().Count().ShouldBe(31);
        (await visitor.EventsAsync()).OfType<AssistantMessage>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Restart_with_the_answer()
    {
        await api.BehaveAsync(
            model: new
            {
                reply = string.Join(' ', Enumerable.Repeat("The model says something here.", 20)),
                tokenDelayMs = 40,
                cutAfter = 70,
            });
        var visitor = await _tenant.VisitAsync();
        using var asking = await visitor.SendAsync(Question);
        await using var answering = asking.ReadEventsAsync<AnswerUpdate>().GetAsyncEnumerator();
        (await answering.MoveNextAsync()).ShouldBeTrue();

        var updates = await visitor.HearAllAsync(answering.Current.Data.MessageId);

        var answer = (await visitor.EventsAsync()).OfType<AssistantMessage>().ShouldHaveSingleItem();
        answer.Outcome.ShouldBe(AnswerOutcome.Quoted);
        var restart = updates.FindIndex(update => update is SpeechRestart);
        updates.Take(restart).ToList().Sentences().ShouldContain("The model says something here.");
        var anew = updates.Skip(restart + 1).ToList();
        anew.OfType<SpeechSentence>().First().Index.ShouldBe(0);
        anew.Sentences()[0].ShouldStartWith("The standard charger fills the battery");
        anew.OfType<SpeechSpoken>().Select(spoken => spoken.Index).ShouldBe(Enumerable.Range(0, anew.Sentences().Count));
        anew[^1].ShouldBeOfType<SpeechDone>();
    }

    [Fact]
    public async Task Skip_what_was_heard()
    {
        var (visitor, answer) = await AnswerAsync("The first is said. The second is heard. The third comes last.");

        var updates = await visitor.HearAllAsync(answer.MessageId, skip: 2);

        var sentence = updates.OfType<SpeechSentence>().ShouldHaveSingleItem();
        (sentence.Index, sentence.Text).ShouldBe((2, "The third comes last."));
        (await api.SpokenAsync()).ShouldHaveSingleItem().Text.ShouldBe("The third comes last.");
    }

    [Fact]
    public async Task Be_available_to_their_own_visitor_only()
    {
        var (visitor, answer) = await AnswerAsync("It takes a while.");
        var other = await _tenant.VisitAsync();

        (await other.HearAsync(answer.MessageId)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await visitor.HearAsync(Guid.NewGuid())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var stolen = await other.Client.PostAsJsonAsync(
            "/api/widget/speech",
            new { conversationId = visitor.Session.ConversationId, messageId = answer.MessageId });
        stolen.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        stolen.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await _node.Client().PostAsJsonAsync("/api/widget/speech", new { })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await visitor.HearAsync(answer.MessageId, skip: -1)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await api.SpokenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Be_synthesized_once()
    {
        const string Reply = "The fast charger takes a while. Then it is full.";
        var (visitor, answer) = await AnswerAsync(Reply);
        var first = await visitor.HearAllAsync(answer.MessageId);
        var (other, same) = await AnswerAsync(Reply);

        var again = await other.HearAllAsync(same.MessageId);

        (await api.SpokenAsync()).Count.ShouldBe(2);
        again.Sound(0).ShouldBe(first.Sound(0));
        again.Sound(1).ShouldBe(first.Sound(1));
        (await api.UsedAsync(_tenant)).Characters.ShouldBe(first.Sentences().Sum(sentence => sentence.Length));
    }

    [Fact]
    public async Task Not_share_cached_audio_between_tenants_or_voices()
    {
        const string Reply = "It takes a while.";
        var (visitor, answer) = await AnswerAsync(Reply);
        await visitor.HearAllAsync(answer.MessageId);
        await _tenant.SetAsync(new { voice = "sim-bo" });
        await visitor.HearAllAsync(answer.MessageId);
        var neighbour = await TestTenant.WithKnowledgeAsync(api, _node);
        var guest = await neighbour.VisitAsync();
        await guest.HearAllAsync((await guest.AskAsync(Question)).MessageId);

        (await api.SpokenAsync()).Select(request => request.Voice).ShouldBe(["sim-ada", "sim-bo", "sim-ada"]);
    }

    [Fact]
    public async Task Evict_the_least_recently_used_audio()
    {
        // Room for about two sentences.
        await using var small = await Speaking.StartAsync(api, Speaking.OpenAI(api) with { MaxCacheBytes = 30_000 });
        var tenant = await TestTenant.WithKnowledgeAsync(api, small);
        var (visitor, answer) = await AnswerAsync(
            string.Join(' ', Enumerable.Range(0, 8).Select(number => $"This is what the {(char)('a' + number)} sentence says here.")),
            tenant);
        await visitor.HearAllAsync(answer.MessageId);
        await using var command = api.Database.OwnerSource.CreateCommand(
            "select sum(bytes)::bigint, count(*) from kept_speech where tenant_id = $1");
        command.Parameters.Add(new() { Value = tenant.Created.TenantId });
        await using (var row = await command.ExecuteReaderAsync())
        {
            await row.ReadAsync();
            row.GetInt64(0).ShouldBeLessThanOrEqualTo(30_000);
            row.GetInt64(1).ShouldBeInRange(1, 7);
        }

        var before = (await api.SpokenAsync()).Count;
        await visitor.HearAllAsync(answer.MessageId, skip: 7);
        (await api.SpokenAsync()).Count.ShouldBe(before);
        await visitor.HearAllAsync(answer.MessageId);
        (await api.SpokenAsync()).Count.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task Synthesize_two_sentences_ahead_at_most()
    {
        await api.BehaveAsync(voice: new { delayMs = 300 });
        var (visitor, answer) = await AnswerAsync(
            string.Join(' ', Enumerable.Range(0, 8).Select(number => $"Here the {(char)('a' + number)} sentence stands.")),
            behave: false);

        await visitor.HearAllAsync(answer.MessageId);

        (await api.CountsAsync()).MostAtOnce.ShouldBeInRange(2, 3);
    }

    [Fact]
    public async Task End_at_once_when_the_visitor_leaves()
    {
        await api.BehaveAsync(voice: new { pieceDelayMs = 5_000 });
        var (visitor, answer) = await AnswerAsync("It takes a while. Then it is full.", behave: false);
        using (var leaving = new CancellationTokenSource())
        {
            using var response = await visitor.HearAsync(answer.MessageId, ct: leaving.Token);
            await using var hearing = response.ReadEventsAsync<SpeechUpdate>().GetAsyncEnumerator();
            while (await hearing.MoveNextAsync() && hearing.Current.Data is not SpeechAudio) { }
            await Eventually.TrueAsync(async () => await api.CountsAsync() is { Running: 2 }, "both are being spoken");
        }

        await Eventually.TrueAsync(async () => await api.CountsAsync() is { Running: 0, GivenUp: 2 }, "both requests are given up");
    }

    [Fact]
    public async Task Be_limited_for_each_visitor()
    {
        await api.BehaveAsync(voice: new { delayMs = 60_000 });
        var (visitor, answer) = await AnswerAsync("It takes a while.", behave: false);
        var open = new List<HttpResponseMessage>();
        for (var i = 0; i < 3; i++) open.Add(await visitor.HearAsync(answer.MessageId));

        using var refused = await visitor.HearAsync(answer.MessageId);

        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        open.ForEach(response => response.Dispose());
        await Eventually.TrueAsync(async () =>
        {
            using var next = await visitor.HearAsync(answer.MessageId);
            return next.IsSuccessStatusCode;
        }, "there is room again");
    }

    [Fact]
    public async Task Stay_off_when_disabled_or_set_to_the_browser()
    {
        var (visitor, answer) = await AnswerAsync("It takes a while.");
        await _tenant.SetAsync(new { enabled = false });
        (await visitor.HearAsync(answer.MessageId)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await _tenant.SetAsync(new { provider = "browser" });
        (await visitor.HearAsync(answer.MessageId)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    private async Task<(TestVisitor Visitor, AssistantMessage Answer)> AnswerAsync(
        string reply,
        TestTenant? tenant = null,
        bool behave = true)
    {
        await api.Simulator.BehaveAsync(new { reply });
        if (behave && (await api.SpokenAsync()).Count == 0) await api.Simulator.BehaveAsync(null, "speech");
        var visitor = await (tenant ?? _tenant).VisitAsync();
        var answer = await visitor.AskAsync(Question);
        answer.Outcome.ShouldBe(AnswerOutcome.Answered);
        return (visitor, answer);
    }
}
