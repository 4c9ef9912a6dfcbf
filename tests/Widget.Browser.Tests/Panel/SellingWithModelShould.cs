using System.Text.Json;
using Microsoft.Playwright;

namespace Widget.Browser.Tests.Panel;

/// <summary>With a language model, which can use tools.</summary>
public sealed class SellingWithModelShould(ModelInstallation installation, Chromium chromium)
{
    [Fact]
    public async Task Lead_from_a_question_to_an_invitation_and_to_a_person()
    {
        await installation.ModelAsync();
        await using var desk = await SellingDesk.OpenAsync(installation);

        await SellingWalk.FromAQuestionToAnInvitationAsync(desk, chromium);
        await SellingWalk.TakeOverAndHandBackAsync(desk, chromium);
    }

    [Fact]
    public async Task Say_in_the_conversation_which_of_the_companys_own_tools_was_used()
    {
        await installation.ModelAsync();
        await using var desk = await SellingDesk.OpenAsync(installation);
        await desk.SendAsync(HttpMethod.Post, "/api/tools/http", new
        {
            name = "check_stock",
            description = "Says how many of a bike are in stock.",
            // The receiver of webhooks does not accept the signature of a tool, so the call fails.
            url = $"http://localhost:{installation.WebhookPort}/tool",
            hasEffects = false,
            parameters = JsonSerializer.Deserialize<JsonElement>("""{"type": "object", "properties": {"bike": {"type": "string"}}}"""),
        });
        await installation.ModelAsync(new { callTool = "check_stock", toolArguments = new { bike = "Tide" } });
        await using var visit = await WidgetPage.OpenAsync(chromium, desk.Site.Address);
        await visit.OpenPanelAsync();

        await visit.AskAsync("What does delivery to Denmark cost?");

        var card = visit.Page.Locator("#widget-root .tool-card");
        await Assertions.Expect(card).ToContainTextAsync("Check stock");
        await Assertions.Expect(card).ToContainTextAsync("Couldn't complete");
        visit.Errors.ShouldBeEmpty();
    }
}
