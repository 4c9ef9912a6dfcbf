using System.Net;
using System.Net.Http.Json;
using Widget.Api.Tests.Chat;
using Widget.Api.Tests.Tools;
using Widget.Api.Tests.Leads;
using Widget.Api.Tests.Meetings;
using Widget.Contracts;

namespace Widget.Api.Tests.Inbox;

/// <summary>What helps reps besides conversations: prepared and suggested replies, spam and bans.</summary>
public sealed class InboxToolsShould(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keep_prepared_replies_of_a_tenant()
    {
        var (world, other) = (await InboxWorld.CreateAsync(api), await InboxWorld.CreateAsync(api));

        var added = await world.Developer.PostAsJsonAsync("/api/inbox/canned", new { title = "thanks", text = "Thank you!" }, Ct);
        var reply = (await added.Content.ReadFromJsonAsync<CannedReply>(Ct))!;
        await world.Developer.PutAsJsonAsync($"/api/inbox/canned/{reply.Id}", new { title = "thanks", text = "Many thanks!" }, Ct);

        (await ListAsync(world)).Single().Text.ShouldBe("Many thanks!");
        (await ListAsync(other)).ShouldBeEmpty();
        (await other.Developer.DeleteAsync($"/api/inbox/canned/{reply.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await world.Developer.DeleteAsync($"/api/inbox/canned/{reply.Id}", Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ListAsync(world)).ShouldBeEmpty();

        static async Task<CannedReply[]> ListAsync(InboxWorld of) =>
            (await of.Developer.GetFromJsonAsync<CannedReply[]>("/api/inbox/canned", Ct))!;
    }

    [Fact]
    public async Task Suggest_a_reply_from_the_knowledge_that_the_visitor_does_not_see()
    {
        var world = new InboxWorld(await TestTenant.WithKnowledgeAsync(api));
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        await (await world.PostAsync(visitor, "suggest", new { repId = ada.Id })).ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await visitor.WriteAsync("How long does the fast charger need?");

        var response = await world.PostAsync(visitor, "suggest", new { repId = ada.Id });
        var draft = (await response.Content.ReadFromJsonAsync<SuggestedReply>(TestTenant.Json, Ct))!;

        draft.Text.ShouldContain("two hours");
        draft.Text.ShouldNotContain("[1]");
        draft.Citations[0].Title.ShouldBe("Charging");
        (await visitor.EventsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Close_spam_without_a_word_and_bring_it_back()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await visitor.RequestHumanAsync();

        var spam = await world.ActAsync(visitor, "spam", new { repId = ada.Id, spam = true });
        await visitor.RequestHumanAsync();

        (spam.Spam, spam.State).ShouldBe((true, InboxState.Closed));
        (await world.ListAsync("?state=waiting")).Items.ShouldBeEmpty();
        (await visitor.EventsAsync()).OfType<PersonLeft>().ShouldBeEmpty();
        await world.ActAsync(visitor, "spam", new { repId = ada.Id, spam = false });
        (await world.ListAsync("?state=waiting")).Items.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Ban_a_visitor_until_the_ban_is_lifted()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        var path = $"/api/visitors/{visitor.Session.VisitorId}/ban";

        (await world.Developer.PostAsJsonAsync(path, new { repId = ada.Id, reason = "Insults" }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);

        await (await visitor.SendAsync("Hello", accept: "application/json")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        await (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/human", new { }, Ct))
            .ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        await (await visitor.Client.PostAsJsonAsync("/api/tavus/session", new { }, Ct)).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        (await visitor.Client.UploadAsync($"{visitor.Conversation}/attachments", [.. "%PDF-1.7"u8], "a.pdf")).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        foreach (var (action, body) in new (string, object)[]
        {
            ("contact", new { clientId = "1", email = "ada@example.com" }),
            ("qualification", new { clientId = "2", answers = new { budget = "yes" } }),
            ("ratings", new { clientId = "3", messageId = Guid.NewGuid(), rating = "up" }),
            ("demo", new { clientId = "4" }),
        })
        {
            (await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/{action}", body, Ct)).StatusCode
                .ShouldBe(HttpStatusCode.Forbidden, action);
        }

        (await visitor.TryBookAsync(DateTimeOffset.UtcNow.AddDays(2))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await visitor.Client.PostAsJsonAsync("/api/widget/identify", new { email = "ada@example.com" }, Ct)).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        (await visitor.EventsAsync()).ShouldBeEmpty();
        (await world.ThreadAsync(visitor)).Item.Visitor.Banned.ShouldBeTrue();
        (await world.Developer.DeleteAsync(path, Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await visitor.SendAsync("Hello", accept: "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await world.Developer.DeleteAsync(path, Ct)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Keep_the_ban_of_a_visitor_who_signs_in_on_the_site()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var secret = await tenant.IdentitySecretAsync();
        var visitor = await tenant.VisitAsync();
        await visitor.SendAsync("Hello", accept: "application/json");
        var ban = $"/api/visitors/{visitor.Session.VisitorId}/ban";
        (await tenant.Developer.PostAsJsonAsync(ban, new { reason = "Insults" }, Ct)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var verified = await tenant.VisitAsAsync(api.Node, secret, "ada", visitor.Session.VisitorId);

        await (await verified.SendAsync("Hello", accept: "application/json")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Know_what_a_person_said_when_the_assistant_continues()
    {
        var world = await InboxWorld.CreateAsync(api);
        var ada = await world.RepAsync("Ada");
        var visitor = await world.Tenant.VisitAsync();
        await world.AcceptAsync(visitor, ada);
        await world.ReplyAsync(visitor, ada, "We open at nine.");

        var conversations = await visitor.Client.GetFromJsonAsync<ConversationPage>("/api/widget/conversations", TestTenant.Json, Ct);

        conversations!.Items.Single().Preview.ShouldBe("We open at nine.");
    }

    [Fact]
    public async Task Let_the_assistant_ask_for_a_person_once_for_each_call()
    {
        var world = await InboxWorld.CreateAsync(api);
        await world.PresentRepAsync("Ada");
        await world.Tenant.ConfigureAsync(new { tools = new[] { "request_human" } });
        var visitor = await world.Tenant.VisitAsync();
        var call = await VideoSessions.OpenAsync(api, world.Tenant, visitor);
        var request = new
        {
            name = "request_human",
            arguments = new { reason = "Wants to talk about a large order" },
            toolCallId = "call-1",
            sessionId = call.Id,
        };

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var response = await visitor.Client.PostAsJsonAsync("/api/tavus/tool", request, Ct);
            var result = (await response.Content.ReadFromJsonAsync<ToolResponse>(TestTenant.Json, Ct))!;
            result.Success.ShouldBeTrue();
            result.Result.GetProperty("present").GetBoolean().ShouldBeTrue();
        }

        var asked = (await visitor.EventsAsync()).OfType<PersonRequested>().Single();
        (asked.ByAssistant, asked.Reason).ShouldBe((true, "Wants to talk about a large order"));
        (await world.ListAsync("?state=waiting")).Items.ShouldHaveSingleItem();
    }
}
