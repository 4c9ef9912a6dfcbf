using System.Net.Http.Json;
using Microsoft.Playwright;
using Widget.Browser.Tests.Voice;
using Widget.Contracts;

namespace Widget.Browser.Tests.Panel;

/// <summary>The same in a voice call, from the visitor's microphone to the simulated provider and its calls of tools.</summary>
public sealed class SellingByVoiceShould(ModelInstallation installation, SpeakingChromium chromium) : IClassFixture<SpeakingChromium>
{
    private static readonly string[] Tools =
        ["search_knowledge", "show_demo", "capture_lead", "qualify_lead", "check_availability", "book_meeting", "end_conversation"];

    [Fact]
    public async Task Lead_from_a_spoken_wish_for_a_demo_to_an_invitation_and_end_the_call()
    {
        await installation.ModelAsync();
        await using var desk = await SellingDesk.OpenAsync(
            installation,
            new { tools = Tools, voice = new { enabled = true, turns = "pause", farField = false } });
        // The company's own account at the provider, so that other calls are separate.
        var key = $"sk-{Guid.NewGuid():N}";
        await desk.SendAsync(HttpMethod.Put, "/api/voice/key", new { key });
        var slot = (await desk.GetAsync<MeetingSlots>("/api/meetings/slots")).Slots[0].Start.ToString("O");
        await ScriptAsync(key, slot);
        await using var visit = await WidgetPage.OpenAsync(
            chromium.Browser,
            desk.Site.Address,
            null,
            page => page.Context.GrantPermissionsAsync(["microphone"]));
        await visit.OpenPanelAsync();
        await visit.StartCallAsync("voice");

        await visit.ShownAsync(visit.Page.Locator("#widget-root .demo-picture img"));
        await SellingWalk.ExpectLeadAsync(desk, thread: "Please show me the city bike.");
        await visit.ShownAsync(visit.Page.Locator("#widget-root .meeting.booked"));
        // After the goodbye, the assistant ends the call.
        await Assertions.Expect(visit.Page.Locator(".stage.voice[data-phase=live]")).ToHaveCountAsync(0);
        visit.Errors.ShouldBeEmpty();
    }

    private async Task ScriptAsync(string key, string slotStart)
    {
        var script = new
        {
            utterances = new[]
            {
                "Please show me the city bike.",
                "My e-mail is ada@acme.example, you may write to me. Our budget is approved. Please book the first time.",
                "Thank you, goodbye.",
            },
            calls = new object[]
            {
                new { name = "show_demo", arguments = new { query = "the city bike" } },
                new object[]
                {
                    new { name = "capture_lead", arguments = new { email = "ada@acme.example", agreed = true } },
                    new { name = "qualify_lead", arguments = new { answers = new { budget = "approved" } } },
                    new { name = "book_meeting", arguments = new { slotStart, email = "ada@acme.example" } },
                },
                new { name = "end_conversation", arguments = new { } },
            },
        };
        var response = await installation.Http.PutAsJsonAsync(
            new Uri(installation.Voice, $"/control/voice/script?account={key}"),
            script);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }
}
