using Microsoft.Playwright;
using Widget.Browser.Tests.Voice;

namespace Widget.Browser.Tests.HostPages;

/// <summary>Routers that replace the page's body, its content, or what differs. The widget is back at once and goes on.</summary>
public sealed class BodySwapShould(ModelInstallation installation, FullChromium chromium)
{
    /// <summary>Each swaps the page and resolves after two frames.</summary>
    private static readonly Dictionary<string, string> Swaps = new()
    {
        // Turbo Drive and Astro's view transitions: a new body element.
        ["a new body"] = "document.body.replaceWith(page().body)",
        // pjax, htmx on the body, Barba: new content in the same body.
        ["new content"] = "document.body.innerHTML = page().body.innerHTML",
        // Turbo's cache: a clone of the whole body is put back, with a clone of the widget's element.
        ["a cached body"] = "const copy = document.body.cloneNode(true); document.body.replaceWith(copy)",
        ["a new document element"] = "const next = page().documentElement; document.replaceChild(next, document.documentElement)",
        // idiomorph and morphdom: what the new page does not have is removed, what differs is changed in place.
        ["a morph"] = """
            const morph = (from, to) => {
              for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
              for (const { name, value } of to.attributes) from.setAttribute(name, value);
              const rest = [...from.childNodes];
              for (const wanted of [...to.childNodes]) {
                const known = rest.find((node) => node.nodeName === wanted.nodeName && (node.id || '') === (wanted.id || ''));
                if (!known) { from.append(wanted.cloneNode(true)); continue; }
                rest.splice(rest.indexOf(known), 1);
                if (known.nodeType === 1) morph(known, wanted); else known.nodeValue = wanted.nodeValue;
              }
              for (const node of rest) node.remove();
            };
            morph(document.body, page().body)
            """,
        ["a morph by position"] = """
            const next = page().body;
            [...next.children].forEach((wanted, i) => {
              const there = document.body.children[i];
              if (there && there.nodeName === wanted.nodeName) {
                for (const { name } of [...there.attributes]) there.removeAttribute(name);
                there.innerHTML = wanted.innerHTML;
              } else if (there) there.replaceWith(wanted.cloneNode(true));
              else document.body.append(wanted.cloneNode(true));
            });
            while (document.body.children.length > next.children.length) document.body.lastElementChild.remove()
            """,
    };

    private const string NextPage = """
        const page = () => new DOMParser().parseFromString(
          '<html><head><title>Two</title></head><body><main>Two</main><div>More</div><div>And more</div></body></html>', 'text/html');
        """;

    public static TheoryData<string> Names => [.. Swaps.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Keep_draft_stream_and_panel_in(string swap)
    {
        await installation.ModelAsync(new { reply = string.Join(' ', Enumerable.Range(1, 300)) + " [1]", tokenDelayMs = 20 });
        await using var page = await HostPage.OpenAsync(
            installation,
            chromium,
            (source, key) => "<main>One</main><div>Text</div>" + HostPage.Tag(source, key));
        await page.Widget.OpenPanelAsync();
        await page.Widget.SendAsync(HostPage.Question);
        await page.Widget.ShownAsync(page.Page.Locator(".streaming", new() { HasTextString = "1 2 3 4 5" }));
        await page.Widget.Field.FillAsync("Half a question");

        for (var i = 0; i < 3; i++) (await SwapAsync(page.Page, swap)).ShouldBe(1);

        (await page.Page.EvaluateAsync<string>("() => document.body.textContent")).ShouldContain(swap == "a cached body" ? "One" : "Two");
        (await page.Widget.Field.InputValueAsync()).ShouldBe("Half a question");
        await Assertions.Expect(page.Widget.Field).ToBeFocusedAsync();
        await page.Widget.ShownAsync(page.Widget.Answers.First);
        (await page.Widget.Answers.First.InnerTextAsync()).ShouldContain("299 300");
        (await page.Widget.CountAsync(HostPage.Question)).ShouldBe(1);
        (await page.Widget.Launcher.EvaluateAsync<string>("button => getComputedStyle(button).backgroundColor"))
            .ShouldBe("rgb(47, 91, 234)");
        page.Widget.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keep_a_voice_call()
    {
        await using var visit = await VoiceVisit.OpenAsync(installation, chromium);
        await visit.CallAndConnectAsync();

        (await SwapAsync(visit.Page, "a new body")).ShouldBe(1);

        await visit.Widget.ShownAsync(visit.Live);
        await visit.Page.WaitForFunctionAsync(
            "() => !document.querySelector('#widget-root').shadowRoot.querySelector('.stage audio').paused");
        visit.Count("leave").ShouldBe(0);
        await visit.HangUp.ClickAsync();
        await visit.RequestedAsync("end");
    }

    [Fact]
    public async Task Not_fight_a_page_that_does_not_want_the_widget()
    {
        await using var page = await HostPage.OpenAsync(installation, chromium, (source, key) => """
            <script>
              window.removed = 0;
              new MutationObserver(() => {
                const widget = document.getElementById('widget-root');
                if (!widget) return;
                window.removed++;
                widget.remove();
              }).observe(document.documentElement, { childList: true, subtree: true });
            </script>
            """ + HostPage.Tag(source, key));
        await page.Page.WaitForFunctionAsync("() => window.removed > 5");

        // Time passes on purpose: a fight would go on.
        await page.Page.WaitForTimeoutAsync(1500);
        (await page.Page.EvaluateAsync<int>("() => window.removed")).ShouldBeLessThan(30);
    }

    [Fact]
    public async Task Not_bring_back_a_widget_that_the_page_has_destroyed()
    {
        await using var page = await HostPage.OpenAsync(installation, chromium, (source, key) => HostPage.Tag(source, key));
        await page.Widget.ShownAsync(page.Widget.Launcher);
        await page.Page.EvaluateAsync("() => Widget.destroy()");

        (await SwapAsync(page.Page, "new content")).ShouldBe(0);
    }

    /// <summary>Returns the number of launchers two frames later.</summary>
    private static Task<int> SwapAsync(IPage page, string swap) => page.EvaluateAsync<int>($$"""
        async () => {
          {{NextPage}}
          {{Swaps[swap]}};
          for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
          const copies = [...document.querySelectorAll('#widget-root, widget-root')];
          return copies.length === 1 ? copies.filter((root) => root.shadowRoot?.querySelector('.launcher')).length : copies.length;
        }
        """);
}
