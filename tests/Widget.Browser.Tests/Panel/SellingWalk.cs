using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Browser.Tests.Panel;

/// <summary>
/// The whole way of a visitor who becomes a customer, in text: a question, a demo, an address in a message, the company's questions, a
/// meeting, and what the company gets to know of it.
/// </summary>
internal static class SellingWalk
{
    private const string Email = "ada@acme.example";

    public static async Task FromAQuestionToAnInvitationAsync(SellingDesk desk, Chromium chromium)
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, desk.Site.Address);
        await visit.OpenPanelAsync();
        await AskAndSeeTheDemoAsync(visit);
        await AnswerTheFirstQuestionAsync(visit);
        await visit.AskAsync($"My e-mail is {Email}, please get in touch.");
        await visit.Page.Locator("#widget-root .contact-card .primary").ClickAsync();
        await BookAsync(visit);
        await ExpectLeadAsync(desk);
        visit.Errors.ShouldBeEmpty();
    }

    /// <summary>A rep takes a conversation that the assistant has, writes, and hands it back.</summary>
    public static async Task TakeOverAndHandBackAsync(SellingDesk desk, Chromium chromium)
    {
        await using var visit = await WidgetPage.OpenAsync(chromium, desk.Site.Address);
        await visit.OpenPanelAsync();
        await visit.AskAsync("What does delivery to Denmark cost?");
        var shown = visit.Page.Locator("#widget-root .message.assistant:not(.from-person)");
        var before = await shown.CountAsync();
        var id = await VisitorConversationAsync(desk, "What does delivery to Denmark cost?");

        await desk.SendAsync(HttpMethod.Post, $"/api/inbox/{id}/accept", new { repId = desk.Rep });
        var hello = new { repId = desk.Rep, clientId = "1", text = "Hello, this is Ana." };
        await desk.SendAsync(HttpMethod.Post, $"/api/inbox/{id}/reply", hello);
        await Assertions.Expect(visit.Page.Locator("#widget-root .from-person").Last).ToContainTextAsync("Hello, this is Ana.");
        await visit.SendAsync("Do you deliver on Saturdays?");
        await desk.WebhookAsync("handoff.accepted", data => data.GetProperty("conversationId").GetGuid() == id);
        (await shown.CountAsync()).ShouldBe(before);

        await desk.SendAsync(HttpMethod.Post, $"/api/inbox/{id}/return", new { repId = desk.Rep });
        await Assertions.Expect(visit.Page.Locator("#widget-root .head")).Not.ToContainTextAsync("Ana Brandt");
        await visit.SendAsync("What does delivery within Germany cost?");
        await Assertions.Expect(shown.Last).ToContainTextAsync("49 euros");
        (await desk.WebhookAsync("handoff.returned")).GetProperty("reason").GetString().ShouldBe("returned");
        visit.Errors.ShouldBeEmpty();
    }

    /// <summary>The company knows the lead with score, summary and thread, and has the e-mails and webhooks.</summary>
    /// <param name="desk">The company.</param>
    /// <param name="thread">What the conversation says.</param>
    public static async Task ExpectLeadAsync(SellingDesk desk, string thread = "Can I see a demo of the city bike?")
    {
        var lead = await desk.LeadAsync();
        (lead.Email, lead.Company, lead.Owner!.Id).ShouldBe((Email, "acme.example", desk.Rep));
        lead.Tier.ShouldNotBeNull();
        lead.Reasons.ShouldNotBeEmpty();
        lead.Summary!.Answers.Single().Answer.ShouldBe("A budget is approved");
        lead.Summary.Meetings[0].RepName.ShouldBe("Ana Brandt");
        var conversation = await desk.GetAsync<JsonElement>($"/api/inbox/{lead.ConversationIds.Single()}");
        conversation.GetRawText().ShouldContain(thread);

        var invitation = await desk.InvitationAsync(Email);
        invitation.ShouldContain("METHOD:REQUEST");
        invitation.ShouldContain($"DTSTART:{lead.Summary.Meetings[0].Start.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        await desk.InvitationAsync("ana@shop.example");

        (await desk.WebhookAsync("meeting.booked")).GetProperty("conversationId").GetGuid().ShouldBe(lead.ConversationIds.Single());
        (await desk.WebhookAsync("lead.created")).GetProperty("email").GetString().ShouldBe(Email);
        // The lead may be scored once more after its meeting. If the meeting made the lead, lead.created has the last score.
        await Eventually.TrueAsync(
            async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                var scored = await desk.GetAsync<Lead>($"/api/leads/{lead.Id}");
                return desk.LastAboutLead().GetProperty("score").GetInt32() == scored.Score;
            },
            "the last webhook about the lead has its score");
    }

    private static async Task AskAndSeeTheDemoAsync(WidgetPage visit)
    {
        await visit.AskAsync("What does delivery to Denmark cost?");
        await visit.AskAsync("Can I see a demo of the city bike?");
        await visit.Page.Locator("#widget-root .offer-demo").ClickAsync();
        await visit.ShownAsync(visit.Page.Locator("#widget-root .demo-picture img"));
        await visit.Page.Keyboard.PressAsync("Escape");
    }

    // The questions of the company are below the first answer that offers something.
    private static async Task AnswerTheFirstQuestionAsync(WidgetPage visit)
    {
        var card = visit.Page.Locator("#widget-root .question-card");
        await card.GetByText("A budget is approved").ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Assertions.Expect(card).ToContainTextAsync("Who decides about it?");
    }

    private static async Task BookAsync(WidgetPage visit)
    {
        await visit.AskAsync("I would like to book an appointment for a test ride");
        await visit.Page.Locator("#widget-root .offer-booking").ClickAsync();
        await visit.Page.Locator("#widget-root .times button").First.ClickAsync();
        await visit.Page.Locator("#widget-root .booking-step .primary").Last.ClickAsync();
        await visit.ShownAsync(visit.Page.Locator("#widget-root .meeting.booked"));
    }

    // The inbox lists conversations that a person had or is asked for. This one is found by the visitor's message.
    private static async Task<Guid> VisitorConversationAsync(SellingDesk desk, string message)
    {
        Guid? found = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var latest = await desk.GetAsync<AnalyticsConversationPage>("/api/analytics/conversations?figure=messages");
                foreach (var item in latest.Items)
                {
                    var thread = (await desk.Staff.GetFromJsonAsync<JsonElement>($"/api/inbox/{item.ConversationId}")).GetRawText();
                    if (thread.Contains(message, StringComparison.Ordinal) && !thread.Contains(Email, StringComparison.Ordinal))
                        found = item.ConversationId;
                }

                return found is not null;
            },
            "the conversation is known");
        return found!.Value;
    }
}
