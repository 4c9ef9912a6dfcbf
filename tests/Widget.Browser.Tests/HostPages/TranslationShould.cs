namespace Widget.Browser.Tests.HostPages;

/// <summary>The browser's translation, which replaces text by elements of its own.</summary>
public sealed class TranslationShould(ModelInstallation installation, Chromium chromium)
{
    /// <summary>What Chromium's translation does to the text nodes of an element, except where translate="no" forbids it.</summary>
    private const string Translate = """
        (element) => {
          const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
          const texts = [];
          while (walker.nextNode())
            if (walker.currentNode.nodeValue.trim() && !walker.currentNode.parentElement.closest('[translate=no]'))
              texts.push(walker.currentNode);
          for (const text of texts) {
            const [outer, inner] = [document.createElement('font'), document.createElement('font')];
            outer.style.verticalAlign = inner.style.verticalAlign = 'inherit';
            inner.textContent = text.nodeValue.toUpperCase();
            outer.append(inner);
            text.replaceWith(outer);
          }
          return texts.length;
        }
        """;

    [Fact]
    public async Task Not_cut_off_an_answer_that_is_being_written()
    {
        var words = string.Join(' ', Enumerable.Range(1, 200).Select(number => $"word{number}"));
        var reply = $"{words} [1]\n\n- one item\n- another `code` item\n\nThe end costs 89 €. [1]";
        await installation.ModelAsync(new { reply, tokenDelayMs = 15 });
        await using var page = await HostPage.OpenAsync(installation, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        await page.Widget.SendAsync(HostPage.Question);

        foreach (var number in new[] { 5, 60, 120 })
        {
            await page.Widget.ShownAsync(page.Page.Locator(".streaming", new() { HasTextString = $"word{number} " }));
            // The whole panel, whatever it forbids.
            await page.Page.Locator(".streaming .bubble").EvaluateAsync<int>(Translate);
        }

        await page.Widget.ShownAsync(page.Widget.Answers.First);
        var answer = await page.Widget.Answers.First.Locator(".bubble").InnerTextAsync();
        for (var number = 1; number <= 200; number++) answer.ShouldContain($"word{number}", Case.Insensitive);
        answer.ShouldContain("The end costs 89 €", Case.Insensitive);

        // The complete answer is translated. Its code and its amounts are not.
        (await page.Widget.Answers.First.Locator(".bubble").EvaluateAsync<int>(Translate)).ShouldBeGreaterThan(0);
        (await page.Widget.Answers.First.Locator("code").InnerTextAsync()).ShouldBe("code");
        (await page.Widget.Answers.First.Locator("[translate=no]").AllInnerTextsAsync()).ShouldContain("89 €");
        // The conversation goes on.
        await installation.ModelAsync(new { reply = "Made of brass [1]." });
        (await (await page.Widget.AskAsync("What is the desk lamp made of?")).InnerTextAsync()).ShouldContain("brass");
        page.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Leave_the_names_of_company_and_product()
    {
        await installation.ModelAsync(new { reply = "The Tide Cargo by Test Company costs 10 € [1]." });
        await using var page = await HostPage.OpenAsync(installation, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        await page.Page.EvaluateAsync("() => Widget.setContext({ product: 'Tide Cargo' })");

        var answer = await page.Widget.AskAsync(HostPage.Question);

        (await answer.Locator(".bubble [translate=no]").AllInnerTextsAsync()).ShouldBe(["Tide Cargo", "Test Company", "10 €"]);
    }
}
