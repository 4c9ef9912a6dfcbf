using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Widget.Api.Limits;
using Widget.Api.Tests.Chat;
using Widget.Api.Tests.Meetings;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Api.Tests.Leads;

/// <summary>The tenant's questions, visitors' answers, and the scores that follow.</summary>
public sealed class QualificationShould(ApiFixture api)
{
    private static readonly object Questions = new
    {
        questions = new object[]
        {
            new
            {
                key = "budget",
                text = "What is your budget?",
                texts = new { de = "Welches Budget haben Sie?" },
                kind = "choice",
                weight = 50,
                answers = new object[]
                {
                    new { value = "big", label = "A lot", labels = new { de = "Viel" }, points = 100 },
                    new { value = "small", points = 20 },
                },
            },
            new { key = "seats", text = "How many people?", kind = "number", weight = 10 },
            new { key = "fit", text = "Do they fit?", kind = "boolean", weight = 30, askVisitor = false },
        },
        signals = new { companyEmail = 7, askedForDemo = 11, bookedMeeting = 20, conversations = 0 },
    };

    [Fact]
    public async Task Score_a_lead_in_the_moment_it_is_given_and_answered()
    {
        var tenant = await QualifiedAsync();
        var visitor = await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        var lead = await tenant.LeadAsync("Ada");
        (lead.Score, lead.Tier, lead.Reasons.Single()).ShouldBe((7, "cold", "Has a company's e-mail address (+7)"));

        var answered = await visitor.AnswerAsync(new { budget = "big", seats = 3 });

        answered.Answers.Select(answer => $"{answer.Key} {answer.Value}").ShouldBe(["budget big", "seats 3"], ignoreOrder: true);
        lead = await tenant.LeadAsync("Ada");
        (lead.Score, lead.Tier).ShouldBe((67, "hot"));
        lead.Reasons.ShouldBe(["What is your budget? A lot (+50)", "How many people? 3 (+10)", "Has a company's e-mail address (+7)"]);
        (await tenant.LeadAsync(lead.Id)).Summary!.Answers.ShouldContain(new SummaryAnswer("budget", "What is your budget?", "A lot"));
    }

    [Fact]
    public async Task Count_answers_from_before_the_contact_and_the_latest_of_each()
    {
        var tenant = await QualifiedAsync();
        var visitor = await tenant.VisitAsync();
        await visitor.AnswerAsync(new { budget = "big" }, "1");
        await visitor.AnswerAsync(new { budget = "small", seats = 1 }, "2");

        await visitor.GiveAsync(new { clientId = "c", phone = "+491713920055" });

        (await tenant.LeadsAsync()).Single().Score.ShouldBe(20);
    }

    [Fact]
    public async Task Show_visitors_what_they_said_but_never_what_it_is_worth()
    {
        var tenant = await QualifiedAsync();
        var visitor = await tenant.VisitAndGiveAsync("ada@acme.example");

        var first = await visitor.AnswerAsync(new { budget = "big" });
        var again = await visitor.AnswerAsync(new { budget = "small" });

        again.Seq.ShouldBe(first.Seq);
        (await visitor.EventsAsync()).OfType<QualificationAnswered>().Count().ShouldBe(1);
        var shown = await visitor.Client.GetStringAsync($"{visitor.Conversation}/events");
        var session = JsonSerializer.Serialize(visitor.Session, TestTenant.Json);
        foreach (var secret in new[] { "score", "points", "weight", "tier", "reasons", "Do they fit?" })
        {
            shown.ShouldNotContain(secret, Case.Insensitive);
            session.ShouldNotContain(secret, Case.Insensitive);
        }

        visitor.Session.Config.Questions.Select(question => question.Key).ShouldBe(["budget", "seats"]);
        var asked = visitor.Session.Config.Questions[0];
        (asked.Texts["de"], asked.Answers[0].Labels["de"], asked.Answers[1].Label).ShouldBe(("Welches Budget haben Sie?", "Viel", "small"));
    }

    [Theory]
    [InlineData("""{"budget": "huge"}""", "answers.budget")]
    [InlineData("""{"budget": null}""", "answers.budget")]
    [InlineData("""{"seats": "three"}""", "answers.seats")]
    [InlineData("""{"fit": true}""", "answers")]
    [InlineData("""{"unknown": true}""", "answers")]
    [InlineData("""{}""", "answers")]
    public async Task Refuse_answers_that_do_not_fit(string answers, string field)
    {
        var tenant = await QualifiedAsync();
        var visitor = await tenant.VisitAsync();

        await (await visitor.TryAnswerAsync(JsonSerializer.Deserialize<JsonElement>(answers)))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);

        (await visitor.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Score_again_when_the_visitor_asks_for_a_demo_or_books_a_meeting()
    {
        var tenant = await QualifiedAsync();
        await tenant.AddRepAsync();
        var visitor = await tenant.VisitAndGiveAsync("ada@gmail.com", "Ada");
        (await tenant.LeadAsync("Ada")).Score.ShouldBe(0);

        var answer = await visitor.AskAsync("Could you give us a demo of the software?");

        answer.Offers.ShouldContain(Offer.Demo);
        await ScoreBecomesAsync(tenant, 11);
        var booked = await (await visitor.TryBookAsync((await tenant.SlotsAsync())[0].Start, email: "ada@gmail.com")).ToBookedAsync();
        (await tenant.LeadAsync("Ada")).Score.ShouldBe(31);
        (await tenant.Developer.PostAsync($"/api/meetings/{booked.Id}/cancel", null)).EnsureSuccessStatusCode();
        await ScoreBecomesAsync(tenant, 11);
        var summary = (await tenant.LeadAsync((await tenant.LeadAsync("Ada")).Id)).Summary!;
        summary.Questions.ShouldBe(["Could you give us a demo of the software?"]);
        (summary.AskedFor, summary.Meetings.Count).ShouldSatisfyAllConditions(
            found => found.AskedFor.ShouldContain(Offer.Demo),
            found => found.Count.ShouldBe(0));
        summary.Text.ShouldContain("Asked for: a demo");
    }

    [Fact]
    public async Task Score_all_leads_again_when_it_changes_and_leave_the_tier_that_staff_has_set()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await tenant.VisitAndGiveAsync("bob@acme.example", "Bob");
        (await tenant.LeadsAsync()).ShouldAllBe(lead => lead.Score == null && lead.Tier == null);
        var bob = await tenant.LeadAsync("Bob");
        (await tenant.PatchLeadAsync(bob.Id, new { tier = "hot" })).TierIsSet.ShouldBeTrue();

        await tenant.QualifyAsync(Questions);

        await Eventually.TrueAsync(async () => (await tenant.LeadsAsync()).All(lead => lead.Score == 7), "all leads are scored");
        (await tenant.LeadsAsync()).Select(lead => lead.Tier).ShouldBe(["hot", "cold"]);
        (await tenant.PatchLeadAsync(bob.Id, new { tier = (string?)null })).Tier.ShouldBe("cold");
    }

    [Fact]
    public async Task Let_staff_answer_what_visitors_are_not_asked()
    {
        var tenant = await QualifiedAsync();
        var visitor = await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        await visitor.AnswerAsync(new { budget = "big" });
        var lead = await tenant.LeadAsync("Ada");

        var changed = await tenant.PatchLeadAsync(lead.Id, new { answers = new { fit = true, budget = "small" } });

        changed.Score.ShouldBe(47);
        (await tenant.PatchLeadAsync(lead.Id, new { answers = new { budget = (string?)null } })).Score.ShouldBe(87);
        await (await tenant.TryPatchLeadAsync(lead.Id, new { answers = new { fit = "yes" } }))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: "answers.fit");
    }

    [Fact]
    public async Task Lose_what_an_erased_conversation_said()
    {
        var tenant = await QualifiedAsync();
        var first = await tenant.VisitAndGiveAsync("ada@acme.example", "Ada");
        var second = await tenant.VisitAndGiveAsync("ada@acme.example");
        await second.AnswerAsync(new { budget = "big" });
        (await tenant.LeadAsync("Ada")).Score.ShouldBe(57);

        await api.EraseAsync("conversations", second.Session.ConversationId);

        await ScoreBecomesAsync(tenant, 7);
        (await tenant.LeadsAsync()).Single().ConversationIds.ShouldBe([first.Session.ConversationId]);
    }

    [Fact]
    public async Task Have_a_template_that_can_be_saved_as_it_is()
    {
        var tenant = await TestTenant.CreateAsync(api);
        var template = await tenant.Developer.GetFromJsonAsync<JsonElement>("/api/leads/qualification/template");

        await tenant.QualifyAsync(template);

        var saved = (await tenant.Developer.GetFromJsonAsync<LeadQualification>("/api/leads/qualification", TestTenant.Json))!;
        saved.Questions.Select(question => question.Key).ShouldBe(["budget", "authority", "need", "timeline"]);
        saved.Questions.ShouldAllBe(question => question.Texts.Count == 4);
        var visitor = await tenant.VisitAndGiveAsync("ada@acme.example");
        await visitor.AnswerAsync(new { budget = "approved", authority = "me", need = "A crane", timeline = "now" });
        (await tenant.LeadsAsync()).Single().ShouldSatisfyAllConditions(
            lead => lead.Score.ShouldBe(100),
            lead => lead.Tier.ShouldBe("hot"));
    }

    [Theory]
    [InlineData("""{"questions": [null]}""", "questions")]
    [InlineData("""{"questions": [{"key": "email", "text": "Your address?", "kind": "text"}]}""", "questions")]
    [InlineData("""{"questions": [{"key": "a", "text": " ", "kind": "text"}]}""", "questions")]
    [InlineData("""{"questions": [{"key": "a", "text": "A?", "kind": "choice", "answers": [{"value": "x", "points": 1}]}]}""", "questions")]
    [InlineData("""{"questions": [{"key": "a", "text": "A?", "kind": "text", "weight": 101}]}""", "questions")]
    [InlineData("""{"questions": [{"key": "a", "text": "A?", "kind": "text", "texts": {"fr": "A ?"}}]}""", "questions")]
    [InlineData("""{"questions": [{"key": "a", "text": "A?", "kind": "text"}, {"key": "a", "text": "B?", "kind": "text"}]}""", "questions")]
    [InlineData("""{"questions": [], "tiers": {"hot": 20, "warm": 30}}""", "tiers")]
    [InlineData("""{"questions": [], "signals": {"companyEmail": -1}}""", "signals")]
    [InlineData("""{"questions": [], "question": []}""", "question")]
    public async Task Refuse_what_makes_no_sense(string qualification, string field)
    {
        var tenant = await TestTenant.CreateAsync(api);

        var response = await tenant.Developer.PutAsync(
            "/api/leads/qualification",
            new StringContent(qualification, System.Text.Encoding.UTF8, "application/json"));

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field: field);
    }

    [Fact]
    public async Task Be_asked_before_the_chat_if_the_tenant_wants_it()
    {
        var tenant = await QualifiedAsync();
        (await tenant.VisitAsync()).Session.Config.PreChat.Fields.ShouldBeEmpty();
        object[] fields = [new { field = "email", required = true }, new { field = "budget" }];

        await tenant.ConfigureAsync(new { preChat = new { fields } });

        (await tenant.VisitAsync()).Session.Config.PreChat.Fields.Select(field => (field.Field, field.Required))
            .ShouldBe([("email", true), ("budget", false)]);
        foreach (var wrong in new[] { "fit", "unknown", "Email" })
        {
            var form = new { fields = new[] { new { field = wrong } } };
            var refused = await tenant.Developer.PutAsJsonAsync("/api/settings", new { preChat = form });
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Be_required_before_the_first_message_but_not_twice()
    {
        var tenant = await QualifiedAsync();
        var early = await tenant.VisitAsync();
        await early.SendAsync("Hello?", accept: "application/json");
        object[] fields = [new { field = "email", required = true }, new { field = "budget", required = true }, new { field = "name" }];
        await tenant.ConfigureAsync(new { preChat = new { fields } });
        var visitor = await tenant.VisitAsync();

        var refused = await visitor.Client.PostAsJsonAsync($"{visitor.Conversation}/messages", new { clientId = "1", text = "Hello?" });
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        await using var hub = await HubClient.ConnectAsync(visitor.Node, visitor.Session.Token);
        await hub.StreamAsync("ask", "Ask", visitor.Session.ConversationId, new { clientId = "2", text = "Hello?" });
        var error = await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<AnswerUpdate>("ask").AnyAsync());

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("title").GetString().ShouldBe("Fill in the form before the chat first: email, budget.");
        problem.GetProperty("code").GetString().ShouldBe("pre_chat");
        problem.GetProperty("missing").EnumerateArray().Select(field => field.GetString()).ShouldBe(["email", "budget"]);
        error.Message.ShouldEndWith("email, budget. [pre_chat]");
        (await early.SendAsync("Are you there?", accept: "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await visitor.AnswerAsync(new { budget = "big" }, "3");
        await visitor.GiveAsync(new { clientId = "4", email = "grace@example.com" });
        (await visitor.SendAsync("Hello?", accept: "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var again = await tenant.VisitAsync(visitorId: visitor.Session.VisitorId, newConversation: true);
        again.Session.ConversationId.ShouldNotBe(visitor.Session.ConversationId);
        (await again.SendAsync("Hello again", accept: "application/json")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Be_answered_in_the_visitors_own_conversation_only_and_within_limits()
    {
        await using var node = await ApiNode.StartAsync(
            api.Database,
            limits: LimitOptions.None.With(Limit.Contacts, new Rate(1, TimeSpan.FromHours(1))));
        var tenant = await TestTenant.CreateAsync(api, node);
        await tenant.QualifyAsync(Questions);
        var (visitor, stranger) = (await tenant.VisitAsync(), await tenant.VisitAsync());

        var foreign = await stranger.Client.PostAsJsonAsync(
            $"{visitor.Conversation}/qualification",
            new { clientId = "1", answers = new { seats = 1 } });
        await visitor.AnswerAsync(new { seats = 1 }, "1");
        await visitor.AnswerAsync(new { seats = 1 }, "1");

        await foreign.ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await visitor.TryAnswerAsync(new { seats = 2 }, "2")).ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
    }

    private static Task ScoreBecomesAsync(TestTenant tenant, int score) => Eventually.TrueAsync(
        async () => (await tenant.LeadsAsync()).Single().Score == score,
        $"the score is {score}");

    private async Task<TestTenant> QualifiedAsync()
    {
        var tenant = await TestTenant.CreateAsync(api);
        await tenant.QualifyAsync(Questions);
        return tenant;
    }
}
