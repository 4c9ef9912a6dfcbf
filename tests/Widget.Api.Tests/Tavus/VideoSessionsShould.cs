using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Tenancy;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Testing;
using static Widget.Api.Tests.Tavus.VideoTenant;

namespace Widget.Api.Tests.Tavus;

public sealed class VideoSessionsShould(ApiFixture api) : IAsyncLifetime
{
    private ApiNode _node = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await StartNodeAsync(api);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Go_from_request_to_end_once()
    {
        var video = await CreateAsync(api, _node);
        var visitor = await video.Tenant.VisitAsync();
        await visitor.Client.PostAsJsonAsync("/api/widget/identify", new { name = "Ada" }, Ct);
        await visitor.AskAsync("How far does the Tide Cargo go?");

        var session = await OpenAsync(visitor);

        session.ConversationUrl.ShouldNotBeNull();
        (session.ReplicaId, session.MaxSeconds, session.WebsocketUrl).ShouldBe((Replica, 300, null));
        session.RemainingSeconds.ShouldNotBeNull().ShouldBeInRange(290, 300);
        await UntilAsync(visitor, session.SessionId, TavusSessionState.Live);
        await EndAsync(visitor, session.SessionId);
        await EndAsync(visitor, session.SessionId);
        var ended = await UntilAsync(visitor, session.SessionId, TavusSessionState.Ended);

        (ended.EndReason, ended.ConversationUrl, ended.LeaveToken).ShouldBe((TavusEndReason.Visitor, null, null));
        var call = (await video.CallsAsync()).ShouldHaveSingleItem();
        (call.Id, call.Status, call.EndCalls).ShouldBe((session.ConversationId!, "ended", 1));
        var context = call.RequestBody.GetProperty("conversational_context").GetString()!;
        foreach (var known in new[] { "Ada", "https://shop.example/bikes", "How far does the Tide Cargo go?" })
            context.ShouldContain(known);
        var events = await visitor.EventsAsync();
        events.OfType<TavusConversationCreated>().ShouldHaveSingleItem().TavusConversationId.ShouldBe(session.ConversationId);
        events.OfType<TavusConversationJoined>().ShouldHaveSingleItem();
        var end = events.OfType<TavusConversationEnded>().ShouldHaveSingleItem();
        end.Reason.ShouldBe(TavusEndReason.Visitor);
        Math.Abs(end.Seconds - call.Seconds).ShouldBeLessThan(1.5);
        (await _node.Service<UsageMeter>().SecondsThisMonthAsync(video.TenantId, UsageMeter.Video, Ct)).ShouldBe(end.Seconds);
    }

    [Fact]
    public async Task Show_the_record_of_a_call_to_the_tenant_only()
    {
        var video = await CreateAsync(api, _node, new { useTavusVideo = true, tavusReplicaId = Replica, tavusRecording = true });
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);
        await UntilAsync(visitor, session.SessionId, TavusSessionState.Live);
        (await api.Simulator.Control.PostAsync($"/control/tavus/conversations/{session.ConversationId}/join", null, Ct))
            .EnsureSuccessStatusCode();
        await EndAsync(visitor, session.SessionId);

        TavusSession? kept = null;
        await Eventually.TrueAsync(
            async () =>
                (kept = (await video.Tenant.Developer.GetFromJsonAsync<TavusSessions>("/api/tavus/sessions", TestTenant.Json, Ct))!
                    .Sessions.Single()).Record is
                {
                    Perception: not null,
                    ShutdownReason: not null,
                },
            "what Tavus tells after the call is there");

        kept!.Record!.Seconds.ShouldNotBeNull();
        kept.Record.ShutdownReason.ShouldBe("end_conversation_endpoint_hit");
        kept.Record.JoinedAt.ShouldNotBeNull();
        (await GetAsync(visitor, session.SessionId)).Record.ShouldBeNull();
    }

    [Fact]
    public async Task Open_one_call_for_a_repeated_request()
    {
        var video = await CreateAsync(api, _node);
        var visitor = await video.Tenant.VisitAsync();

        var sessions = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskForCallAsync(visitor, "wish")));

        var ids = new HashSet<Guid>();
        foreach (var response in sessions)
            ids.Add((await response.Content.ReadFromJsonAsync<TavusSession>(TestTenant.Json, Ct))!.SessionId);
        ids.Count.ShouldBe(1);
        (await video.CallsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task End_the_earlier_call_of_a_reloaded_page()
    {
        var video = await CreateAsync(api, _node);
        var visitor = await video.Tenant.VisitAsync();
        var first = await OpenAsync(visitor);

        var second = await OpenAsync(visitor);

        second.SessionId.ShouldNotBe(first.SessionId);
        (await UntilAsync(visitor, first.SessionId, TavusSessionState.Ended)).EndReason.ShouldBe(TavusEndReason.Left);
        (await video.CallsAsync()).Count(call => call.Status == "active").ShouldBe(1);
    }

    [Fact]
    public async Task Report_what_is_missing()
    {
        await RefusedAsync(new { }, null, HttpStatusCode.Conflict, "video_not_enabled");
        await RefusedAsync(new { useTavusVideo = true, tavusReplicaId = "r-unknown" }, null, HttpStatusCode.BadGateway, "refused");
        await RefusedAsync(
            new { useTavusVideo = true, tavusReplicaId = Replica },
            new { credits = 0 },
            HttpStatusCode.BadGateway,
            "no_credits");
        await RefusedAsync(
            new { useTavusVideo = true, tavusReplicaId = Replica, tavusMonthlyMinutes = 0 },
            null,
            HttpStatusCode.PaymentRequired,
            "out_of_budget");

        var video = await CreateAsync(api, _node);
        var secrets = _node.Service<TenantSecrets>();
        await secrets.SaveAsync(video.TenantId, TenantSecrets.TavusKey, "not-a-key", Ct);
        await RefusedAsync(await video.Tenant.VisitAsync(), HttpStatusCode.BadGateway, "bad_key");
        await secrets.RemoveAsync(video.TenantId, TenantSecrets.TavusKey, Ct);
        var visitor = await video.Tenant.VisitAsync();
        visitor.Session.Config.Modes.ShouldBe(["text", "speech"]);
        await RefusedAsync(visitor, HttpStatusCode.ServiceUnavailable, "no_key");
    }

    [Fact]
    public async Task Offer_video_when_it_is_set_up()
    {
        var video = await CreateAsync(api, _node);

        (await video.Tenant.VisitAsync()).Session.Config.Modes.ShouldBe(["text", "speech", "video"]);
    }

    [Fact]
    public async Task Keep_the_budget_with_concurrent_requests()
    {
        var video = await CreateAsync(
            api,
            _node,
            new { useTavusVideo = true, tavusReplicaId = Replica, tavusMaxCallSeconds = 300, tavusMonthlyMinutes = 11 });
        var visitors = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => video.Tenant.VisitAsync()));

        var answers = await Task.WhenAll(visitors.Select(visitor => AskForCallAsync(visitor)));

        var lengths = new List<int>();
        foreach (var answer in answers.Where(answer => answer.IsSuccessStatusCode))
            lengths.Add((await answer.Content.ReadFromJsonAsync<TavusSession>(TestTenant.Json, Ct))!.MaxSeconds);
        lengths.Order().ShouldBe([60, 300, 300]);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.PaymentRequired).ShouldBe(3);
    }

    [Fact]
    public async Task Stay_with_the_node_that_works_on_them()
    {
        var video = await CreateAsync(api, _node, behavior: new { replicaJoinsAfter = 0.1, apiDelayMs = 5000 });
        var visitor = await video.Tenant.VisitAsync();
        await using var other = await StartNodeAsync(api);

        var opened = await OpenAsync(visitor);

        opened.State.ShouldBe(TavusSessionState.Waiting, "a lease is three seconds long, so it was renewed");
        await api.Simulator.Control.PutAsJsonAsync("/control/tavus/behavior", new { replicaJoinsAfter = 0.1 }, Ct);
    }

    [Fact]
    public async Task Be_reclaimed_when_a_node_stops_while_opening_them()
    {
        var video = await CreateAsync(api, _node);
        await video.FailAsync("POST conversations", mode: "late");
        var visitor = await video.Tenant.VisitAsync();
        await using (var dying = await StartNodeAsync(api))
        {
            using var there = dying.Client();
            there.DefaultRequestHeaders.Authorization = visitor.Client.DefaultRequestHeaders.Authorization;
            _ = there.PostAsJsonAsync("/api/tavus/session", new { threadId = visitor.Session.ConversationId }, Ct);
            await Eventually.TrueAsync(async () => (await video.CallsAsync()).Count == 1, "Tavus has opened it, and nobody has heard");
        }

        await Eventually.TrueAsync(
            async () => (await video.CallsAsync()) is [{ Status: "ended", EndCalls: 1 }],
            "another node has found and ended it",
            20);
    }

    [Fact]
    public async Task End_the_call_of_a_closed_page()
    {
        var video = await CreateAsync(api, _node);
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);

        var ended = await UntilAsync(visitor, session.SessionId, TavusSessionState.Ended, watched: false);

        ended.EndReason.ShouldBe(TavusEndReason.Left);
        (await video.CallsAsync()).ShouldHaveSingleItem().EndCalls.ShouldBe(1);
    }

    [Fact]
    public async Task End_the_call_of_a_page_that_sends_a_beacon()
    {
        var video = await CreateAsync(api, _node);
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);
        using var anybody = _node.Client();

        var refused = await anybody.PostAsync(
            $"/api/tavus/session/{session.SessionId}/leave",
            new StringContent("""{"leaveToken": "CfDJ8"}"""),
            Ct);
        var taken = await anybody.PostAsync(
            $"/api/tavus/session/{session.SessionId}/leave",
            new StringContent(JsonSerializer.Serialize(new { leaveToken = session.LeaveToken })),
            Ct);

        (refused.StatusCode, taken.StatusCode).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NoContent));
        (await UntilAsync(visitor, session.SessionId, TavusSessionState.Ended)).EndReason.ShouldBe(TavusEndReason.Left);
    }

    [Fact]
    public async Task End_a_call_that_the_avatar_does_not_join()
    {
        var video = await CreateAsync(api, _node, behavior: new { replicaNeverJoins = true });
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);

        var ended = await UntilAsync(visitor, session.SessionId, TavusSessionState.Ended);

        ended.EndReason.ShouldBe(TavusEndReason.NoReplica);
        ended.Problem.ShouldNotBeNull().ShouldContain("didn't join");
    }

    [Fact]
    public async Task Notice_an_end_without_a_callback()
    {
        var video = await CreateAsync(
            api,
            _node,
            behavior: new { replicaJoinsAfter = 0.1, callbackLoss = 1, postCallSeconds = 0.1, secondsPerSecond = 40 });
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);

        // Tavus's limit of 45 s without participants takes a little over a second here.
        var ended = await UntilAsync(visitor, session.SessionId, TavusSessionState.Ended);

        ended.EndReason.ShouldBe(TavusEndReason.Left);
        (await video.CallsAsync()).ShouldHaveSingleItem().EndCalls.ShouldBe(0);
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("cut")]
    public async Task Find_and_end_a_call_whose_creation_response_was_lost(string mode)
    {
        var video = await CreateAsync(api, _node);
        await video.FailAsync("POST conversations", mode);
        var visitor = await video.Tenant.VisitAsync();

        await RefusedAsync(visitor, HttpStatusCode.ServiceUnavailable, "unreachable");

        await Eventually.TrueAsync(async () => (await video.CallsAsync()) is [{ Status: "ended", EndCalls: 1 }], "the call is ended");
        await Eventually.TrueAsync(async () => (await visitor.EventsAsync()).OfType<TavusConversationEnded>().Any(), "its end is told");
        (await visitor.EventsAsync()).OfType<TavusConversationEnded>().ShouldHaveSingleItem().Reason.ShouldBe(TavusEndReason.Failed);
    }

    [Fact]
    public async Task End_the_call_when_Tavus_is_back()
    {
        var video = await CreateAsync(api, _node);
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);
        await UntilAsync(visitor, session.SessionId, TavusSessionState.Live);
        await video.FailAsync("POST conversations/*/end", status: 503, times: 2);

        await EndAsync(visitor, session.SessionId);

        await UntilAsync(visitor, session.SessionId, TavusSessionState.Ended);
        (await visitor.EventsAsync()).OfType<TavusConversationEnded>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Be_reclaimed_when_their_node_dies()
    {
        var video = await CreateAsync(api, _node);
        var visitor = await video.Tenant.VisitAsync();
        var session = await OpenAsync(visitor);
        await using var other = await StartNodeAsync(api);
        await _node.DisposeAsync();
        _node = other;

        await Eventually.TrueAsync(
            async () => (await video.CallsAsync()) is [{ Status: "ended" }],
            "the other node has ended the call",
            20);
        session.State.ShouldNotBe(TavusSessionState.Ended);
        _node = await StartNodeAsync(api);
    }

    [Fact]
    public async Task Show_nothing_to_others()
    {
        var video = await CreateAsync(api, _node);
        var (visitor, stranger) = (await video.Tenant.VisitAsync(), await video.Tenant.VisitAsync());
        var session = await OpenAsync(visitor);
        var neighbour = await CreateAsync(api, _node);

        foreach (var client in new[] { stranger.Client, neighbour.Tenant.Developer })
        {
            (await client.GetAsync($"/api/tavus/session/{session.SessionId}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await client.PostAsJsonAsync($"/api/tavus/session/{session.SessionId}/end", new { }, Ct)).StatusCode
                .ShouldBe(HttpStatusCode.NotFound);
        }

        (await stranger.Client.PostAsJsonAsync("/api/tavus/session", new { threadId = visitor.Session.ConversationId }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        (await visitor.Client.PostAsJsonAsync("/api/tavus/session", new { companyId = neighbour.Tenant.Created.TenantId }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);
        (await _node.Client().PostAsJsonAsync("/api/tavus/session", new { }, Ct)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task RefusedAsync(object settings, object? account, HttpStatusCode status, string code)
    {
        var video = await CreateAsync(api, _node, settings, account);
        await RefusedAsync(await video.Tenant.VisitAsync(), status, code);
        (await video.CallsAsync()).ShouldBeEmpty();
    }

    private static async Task RefusedAsync(TestVisitor visitor, HttpStatusCode status, string code)
    {
        var response = await AskForCallAsync(visitor);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        (response.StatusCode, problem.GetProperty("code").GetString()).ShouldBe((status, code));
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
    }
}
