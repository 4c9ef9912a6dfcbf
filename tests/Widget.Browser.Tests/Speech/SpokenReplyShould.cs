using Microsoft.Playwright;

namespace Widget.Browser.Tests.Speech;

/// <summary>An answer read aloud by the server's voice, without replacing anything in between.</summary>
public sealed class SpokenReplyShould(ModelInstallation installation, FullChromium chromium)
{
    private static readonly (string Title, string Text)[] Lamps = [("Lamps", "The desk lamp costs ten euros and is made of brass.")];

    [Fact]
    public async Task Start_before_the_answer_is_complete_and_stop_when_the_visitor_types()
    {
        // Writing the answer takes longer than starting to speak, even on a busy machine.
        var colours = string.Join(' ', Enumerable.Range(1, 30).Select(number => $"It comes in colour number {number}, too."));
        var reply = $"The desk lamp costs ten euros [1]. {colours}";
        await installation.ModelAsync(new { reply, tokenDelayMs = 60 });
        await using var site = await CustomerSite.StartAsync();
        var tenant = await installation.AddTenantAsync(site.Origin, new { agentName = "Nora" }, Lamps);
        site.Html = CustomerSite.Tag(installation, tenant.SiteKey);
        await using var visit = await WidgetPage.OpenAsync(
            chromium,
            site.Address,
            before: page => page.Page.AddInitScriptAsync(SpeechVisit.Script("energy.js")));
        await visit.OpenPanelAsync();
        visit.Requests.ShouldNotContain(request => request.AbsolutePath.Contains("/embed/speech-"));
        await visit.Listen.ClickAsync();

        await visit.SendAsync("What does the desk lamp cost?");
        await visit.ShownAsync(visit.Page.Locator(".message.assistant.streaming"));
        await visit.Page.WaitForFunctionAsync("() => window.loudest > 0.02");
        (await visit.Page.Locator(".message.assistant.streaming").CountAsync())
            .ShouldBe(1, "It sounded only when the answer was complete.");
        await visit.ShownAsync(visit.Player);

        await visit.Field.PressSequentiallyAsync("And");

        await Assertions.Expect(visit.Player).ToHaveCountAsync(0);
        Task<double> LoudestAsync() =>
            visit.Page.EvaluateAsync<double>(
                "async () => { window.loudest = 0; await new Promise((resolve) => setTimeout(resolve, 300)); return window.loudest; }");
        for (var i = 0; await LoudestAsync() >= 0.005; i++) i.ShouldBeLessThan(20, "It still sounds.");
        visit.Errors.ShouldBeEmpty();
    }
}
