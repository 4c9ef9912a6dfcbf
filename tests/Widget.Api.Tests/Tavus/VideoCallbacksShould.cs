using System.Net;
using System.Net.Http.Json;
using System.Text;
using Widget.Api.Conversations;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;
using static Widget.Api.Tests.Tavus.VideoTenant;

namespace Widget.Api.Tests.Tavus;

public sealed class VideoCallbacksShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await StartNodeAsync(api);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Not_end_a_call_before_Tavus_confirms_it()
    {
        var (video, visitor, session, callback) = await CallAsync();

        var answer = await TellAsync(
            callback,
            """
            {"event_type": "system.shutdown", "message_type": "system", "properties": {"shutdown_reason": "participant_left_timeout"}}
            """);

        answer.ShouldBe(HttpStatusCode.OK);
        // Nothing may happen. If it did, it would happen within a second.
        for (var i = 0; i < 5; i++)
        {
            (await AliveAsync(visitor, session)).State.ShouldBe(TavusSessionState.Live);
            await Task.Delay(200, Ct);
        }

        (await video.CallsAsync()).ShouldHaveSingleItem().Status.ShouldBe("active");
    }

    [Fact]
    public async Task Be_accepted_only_at_the_url_of_a_call()
    {
        var (_, visitor, session, callback) = await CallAsync();

        (await TellAsync(new Uri(callback, "wrong-token"), """{"event_type": "system.replica_joined"}"""))
            .ShouldBe(HttpStatusCode.NotFound);
        (await TellAsync(callback, "no json")).ShouldBe(HttpStatusCode.BadRequest);
        (await TellAsync(callback, """["what"]""")).ShouldBe(HttpStatusCode.OK);
        (await TellAsync(callback, $$"""{"event_type": "x", "properties": "{{new string('x', 3 * 1024 * 1024)}}"}"""))
            .ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await GetAsync(visitor, session)).State.ShouldBe(TavusSessionState.Live);
    }

    [Fact]
    public async Task Add_what_was_not_heard_live_without_duplicates()
    {
        var (video, visitor, session, callback) = await CallAsync(callbackLoss: 1);
        await HearAsync(visitor, session, ("1", "assistant", "Hello, what can I do for you?"), ("2", "visitor", "How far does it go?"));
        await HearAsync(visitor, session, ("2", "visitor", "How far does it go?"), ("4", "visitor", "Thank you!"));
        await EndAsync(visitor, session);
        var transcript = """
            {"event_type": "application.transcription_ready", "message_type": "application", "properties": {"transcript": [
              {"role": "system", "content": "You are Jette."}, {"role": "assistant", "content": "Hello, what can I do for you?"},
              {"role": "user", "content": "How far does it go?"}, {"role": "assistant", "content": "Eighty kilometres."},
              {"role": "user", "content": "Thank you!"}]}}
            """;

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TellAsync(callback, transcript)));

        await Eventually.TrueAsync(async () => (await SpokenAsync(visitor)).Count == 4, "the missing line is there");
        // The transcript contains what the page sends late.
        await HearAsync(visitor, session, ("3", "assistant", "Eighty kilometres."));
        (await SpokenAsync(visitor)).Select(line => line.Text).Order()
            .ShouldBe(["Eighty kilometres.", "Hello, what can I do for you?", "How far does it go?", "Thank you!"]);
        (await video.CallsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Not_prevent_the_end_of_a_call_when_they_cannot_be_stored()
    {
        var (video, visitor, session, callback) = await CallAsync(callbackLoss: 1);
        // Takes the sequence number that the transcript's first line would get.
        await using (var db = await _node.Service<TenantDatabase>().BeginAsync(video.TenantId, Ct))
        {
            await ConversationLog.AppendAsync(
                db,
                new ConversationId(visitor.Session.ConversationId),
                new VisitorMessage { ClientId = $"video:{session:N}:transcript:0", Text = "Hello?" },
                Ct);
            await db.CommitAsync(Ct);
        }

        await TellAsync(
            callback,
            """
            {"event_type": "application.transcription_ready",
             "properties": {"transcript": [{"role": "user", "content": "How far does it go?"}]}}
            """);
        await EndAsync(visitor, session);

        await UntilAsync(visitor, session, TavusSessionState.Ended);
        (await visitor.EventsAsync()).OfType<TavusConversationEnded>().Count().ShouldBe(1);
        _node.Log.Lines.Concat(api.Node.Log.Lines).ShouldContain(line => line.Contains("can't be stored"));
    }

    [Fact]
    public async Task Be_optional()
    {
        var (_, visitor, session, _) = await CallAsync(callbackLoss: 1);
        await EndAsync(visitor, session);

        await UntilAsync(visitor, session, TavusSessionState.Ended);

        (await visitor.EventsAsync()).OfType<TavusConversationEnded>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task End_a_call_once_despite_duplicates_and_any_order()
    {
        var video = await CreateAsync(
            api,
            _node,
            behavior: new
            {
                replicaJoinsAfter = 0.1,
                postCallSeconds = 0.05,
                duplicateCallbacks = 3,
                shuffleCallbacks = true,
                secondsPerSecond = 30,
            });
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);

        await UntilAsync(visitor, session.SessionId, TavusSessionState.Ended);

        var events = await visitor.EventsAsync();
        events.OfType<TavusConversationEnded>().Count().ShouldBe(1);
        events.OfType<TavusConversationJoined>().Count().ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task Let_a_written_question_refer_to_what_was_spoken()
    {
        var video = await CreateAsync(api, _node);
        await video.Tenant.ImportAsync(
            new
            {
                id = "w",
                title = "Warranty of the Tide Cargo",
                text = "The battery of the Tide Cargo is covered for two years or 700 cycles.",
            });
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);
        await HearAsync(
            visitor,
            session.SessionId,
            ("1", "visitor", "Tell me about the battery of the Tide Cargo."),
            ("2", "assistant", "It is a strong one."));

        var answer = await visitor.AskAsync("And how long is it covered?");

        answer.Searched.ShouldNotBeNull().ShouldContain("Tide Cargo");
        answer.Text.ShouldContain("two years");
    }

    private async Task<(VideoTenant Video, TestVisitor Visitor, Guid Session, Uri Callback)> CallAsync(double callbackLoss = 0)
    {
        var video = await CreateAsync(api, _node, behavior: new { replicaJoinsAfter = 0.1, postCallSeconds = 600, callbackLoss });
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);
        await UntilAsync(visitor, session.SessionId, TavusSessionState.Live);
        var callback = (await video.CallsAsync()).Single().RequestBody.GetProperty("callback_url").GetString()!;
        return (video, visitor, session.SessionId, new Uri(callback));
    }

    private static async Task HearAsync(TestVisitor visitor, Guid session, params (string Id, string Speaker, string Text)[] lines) =>
        (await visitor.Client.PostAsJsonAsync(
            $"/api/tavus/session/{session}/utterances",
            new { utterances = lines.Select(line => new { id = line.Id, speaker = line.Speaker, text = line.Text }) },
            Ct)).EnsureSuccessStatusCode();

    private static async Task<IReadOnlyList<Utterance>> SpokenAsync(TestVisitor visitor) =>
        [.. (await visitor.EventsAsync()).OfType<Utterance>()];

    private static async Task<HttpStatusCode> TellAsync(Uri callback, string body)
    {
        using var tavus = new HttpClient();
        return (await tavus.PostAsync(callback, new StringContent(body, Encoding.UTF8, "application/json"), Ct)).StatusCode;
    }
}
