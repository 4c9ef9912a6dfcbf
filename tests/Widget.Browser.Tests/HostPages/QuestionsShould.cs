namespace Widget.Browser.Tests.HostPages;

/// <summary>Two questions that are asked quickly one after the other.</summary>
public sealed class QuestionsShould(ModelInstallation installation, Chromium chromium)
{
    [Fact]
    public async Task Have_each_its_answer_below()
    {
        await using var page = await HostPage.OpenAsync(installation, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        // The first answer takes longer than the second.
        await installation.ModelAsync(new { reply = string.Join(' ', Enumerable.Range(1, 150)) + " [1]", tokenDelayMs = 40 });
        await page.Widget.SendAsync("What does the desk lamp cost?");
        await page.Widget.ShownAsync(page.Page.Locator(".streaming", new() { HasTextString = "1 2 3" }));
        await installation.ModelAsync(new { reply = "Brass it is [1].", tokenDelayMs = 5 });
        await page.Widget.SendAsync("What is the desk lamp made of?");

        await page.Widget.ShownAsync(page.Page.Locator(".message.assistant", new() { HasTextString = "Brass it is" }));
        (await OrderAsync(page)).ShouldBe(["cost?", "1 2 3", "made of?", "Brass"]);
        await page.Widget.ShownAsync(page.Widget.Answers.Nth(1));
        (await OrderAsync(page)).ShouldBe(["cost?", "1 2 3", "made of?", "Brass"]);

        await page.Page.ReloadAsync();
        await page.Widget.ShownAsync(page.Widget.Answers.Nth(1));
        (await OrderAsync(page)).ShouldBe(["cost?", "1 2 3", "made of?", "Brass"]);
    }

    /// <summary>The messages of the thread, each by the words that tell it apart.</summary>
    private static async Task<string[]> OrderAsync(HostPage page)
    {
        string[] words = ["cost?", "made of?", "1 2 3", "Brass"];
        var bubbles = await page.Page.Locator(".thread .message .bubble").AllInnerTextsAsync();
        return [.. bubbles.Select(text => Array.Find(words, text.Contains)).OfType<string>()];
    }
}
