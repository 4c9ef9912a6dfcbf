namespace Widget.Browser.Tests.HostPages;

/// <summary>Pages with keyboard shortcuts. What visitors type in the widget is not for them.</summary>
public sealed class TypingShould(DemoInstallation demo, Chromium chromium)
{
    private const string Typed = "ships? /plan  gs 123";

    [Theory]
    [InlineData("document", true)]
    [InlineData("document", false)]
    [InlineData("window", true)]
    [InlineData("window", false)]
    [InlineData("document.documentElement", true)]
    [InlineData("document.body", false)]
    public async Task Stay_in_the_widget(string target, bool capture)
    {
        await using var page = await HostPage.OpenAsync(demo, chromium, (source, key) => $$"""
            <input id="search">
            {{HostPage.Tag(source, key)}}
            <script>
              window.heard = [];
              for (const type of ['keydown', 'keypress', 'keyup', 'input', 'beforeinput', 'paste', 'copy', 'cut'])
                {{target}}.addEventListener(type, (event) => {
                  // What the page itself has and what it may know of the widget.
                  if (event.target.id === 'search') return;
                  heard.push(type + ':' + (event.key ?? ''));
                  if (event.ctrlKey || ['Escape', 'Tab', 'Control'].includes(event.key)) return;
                  if (event.target.isContentEditable && {{(target == "window" && capture ? "true" : "false")}}) return;
                  event.preventDefault();
                  event.stopPropagation();
                  document.getElementById('search').focus();
                }, {{(capture ? "true" : "false")}});
            </script>
            """);
        await page.Widget.OpenPanelAsync();
        await page.Widget.Field.ClickAsync();
        await page.Page.Keyboard.TypeAsync(Typed);

        (await page.Widget.Field.InputValueAsync()).ShouldBe(Typed);
        var isEarlier = target == "window" && capture;
        if (!isEarlier) (await page.Page.EvaluateAsync<string[]>("() => heard")).ShouldBeEmpty();

        // The field's own keys.
        await page.Page.Keyboard.PressAsync("Shift+Enter");
        await page.Page.Keyboard.PressAsync("Backspace");
        await page.Page.Keyboard.PressAsync("Backspace");
        (await page.Widget.Field.InputValueAsync()).ShouldBe(Typed[..^1]);
        await page.Page.Keyboard.PressAsync("Control+a");
        await page.Page.Keyboard.PressAsync("Control+x");
        (await page.Widget.Field.InputValueAsync()).ShouldBeEmpty();
        await page.Page.Keyboard.PressAsync("Control+v");
        (await page.Widget.Field.InputValueAsync()).ShouldBe(Typed[..^1]);
        await page.Page.Keyboard.PressAsync("Control+k");
        (await page.Page.EvaluateAsync<string[]>("() => heard")).ShouldContain("keydown:k");

        await page.Page.Keyboard.PressAsync("Enter");
        await page.Widget.ShownAsync(page.Page.Locator(".message.visitor"));
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Escape");
        await Microsoft.Playwright.Assertions.Expect(page.Widget.Panel).ToBeHiddenAsync();
        var heard = await page.Page.EvaluateAsync<string[]>("() => heard");
        heard.ShouldContain("keydown:Tab");
        heard.ShouldContain("keydown:Escape");
        page.Widget.Errors.ShouldBeEmpty();
    }
}
