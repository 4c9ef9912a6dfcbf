using System.Text.Json;

namespace Widget.Browser.Tests.Panel;

/// <summary>What the company gets to know of a visitor who becomes a customer.</summary>
internal static class SellingWalk
{
    private const string Email = "ada@acme.example";

    /// <summary>The company knows the lead with score, summary and thread, and has the e-mails and webhooks.</summary>
    /// <param name="desk">The company.</param>
    /// <param name="thread">What the conversation says.</param>
    public static async Task ExpectLeadAsync(SellingDesk desk, string thread)
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
        await desk.WebhookAsync("lead.updated", data => data.GetProperty("score").GetInt32() == lead.Score);
    }
}
