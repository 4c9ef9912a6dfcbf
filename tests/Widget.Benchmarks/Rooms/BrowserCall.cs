using System.Diagnostics;
using Microsoft.Playwright;

namespace Widget.Benchmarks.Rooms;

/// <summary>The times of a call between two browsers, in milliseconds.</summary>
/// <param name="Pages">From opening each page until its own picture is there and the button to join can be pressed.</param>
/// <param name="Pictures">From the guest's press of the button to join until each person sees the other's picture.</param>
/// <param name="Messages">From sending a chat message until the other page shows it.</param>
/// <param name="Failure">Why the call did not connect; null if both saw each other.</param>
internal sealed record CallTimes(
    IReadOnlyList<double> Pages,
    IReadOnlyList<double> Pictures,
    IReadOnlyList<double> Messages,
    string? Failure);

/// <summary>A call of a host and a guest, each with an empty cache in a browser of their own.</summary>
internal sealed class BrowserCall(IBrowser hosts, IBrowser guests)
{
    private const int MessageCount = 5;
    private const float TimeoutMilliseconds = 30_000;

    // Wait for a frame; the element alone is not enough.
    private const string Previewed =
        "() => document.querySelector('.preview video')?.videoWidth > 0 && !document.querySelector('.join').disabled";

    private const string Connected = "() => document.querySelector('.tile[data-state=connected] video')?.videoWidth > 0";

    // Both pages have the same clock, because both browsers are on this machine.
    private const string Shown = """
        text => new Promise((resolve) => {
          const look = () => [...document.querySelectorAll('.line .text')].some((line) => line.textContent.trim() === text);
          const observer = new MutationObserver(() => {
            if (!look()) return;
            observer.disconnect();
            resolve(performance.timeOrigin + performance.now());
          });
          observer.observe(document.body, { childList: true, subtree: true, characterData: true });
        })
        """;

    private const string Send = """
        text => {
          document.querySelector('.composer textarea').value = text;
          const now = performance.timeOrigin + performance.now();
          document.querySelector('.composer').requestSubmit();
          return now;
        }
        """;

    public async Task<CallTimes> RunAsync(string hostLink, string guestLink)
    {
        List<double> pages = [], pictures = [], messages = [];
        await using var host = await ContextAsync(hosts);
        await using var guest = await ContextAsync(guests);
        try
        {
            var hostPage = await OpenAsync(host, hostLink, pages);
            await JoinAsync(hostPage, "Jana");
            await hostPage.Locator(".call").WaitForAsync();
            var guestPage = await OpenAsync(guest, guestLink, pages);
            var start = Stopwatch.GetTimestamp();
            await JoinAsync(guestPage, "Ada");
            await Task.WhenAll(SeesAsync(hostPage, start, pictures), SeesAsync(guestPage, start, pictures));
            foreach (var page in new[] { hostPage, guestPage }) await page.Locator(".toggle-chat").ClickAsync();
            for (var i = 0; i < MessageCount; i++) messages.Add(await ChatAsync(guestPage, hostPage, $"Message {i}"));
            await hostPage.Locator(".end-all").ClickAsync();
            return new CallTimes(pages, pictures, messages, null);
        }
        catch (Exception e) when (e is TimeoutException or PlaywrightException)
        {
            return new CallTimes(pages, pictures, messages, e.Message.Split('\n')[0]);
        }
    }

    private static async Task<IBrowserContext> ContextAsync(IBrowser browser)
    {
        var context = await browser.NewContextAsync(new() { Permissions = ["camera", "microphone"] });
        context.SetDefaultTimeout(TimeoutMilliseconds);
        return context;
    }

    private static async Task<IPage> OpenAsync(IBrowserContext context, string link, List<double> times)
    {
        var page = await context.NewPageAsync();
        var start = Stopwatch.GetTimestamp();
        await page.GotoAsync(link, new() { WaitUntil = WaitUntilState.Commit });
        await page.WaitForFunctionAsync(Previewed);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        return page;
    }

    private static async Task JoinAsync(IPage page, string name)
    {
        await page.Locator("input[name=name]").FillAsync(name);
        await page.Locator(".join").ClickAsync();
    }

    private static async Task SeesAsync(IPage page, long start, List<double> times)
    {
        await page.WaitForFunctionAsync(Connected);
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        lock (times) times.Add(time);
    }

    private static async Task<double> ChatAsync(IPage from, IPage to, string text)
    {
        var shown = to.EvaluateAsync<double>(Shown, text);
        // A page evaluates scripts in order, so the observer is installed after this.
        await to.EvaluateAsync("() => 0");
        var sent = await from.EvaluateAsync<double>(Send, text);
        return await shown.WaitAsync(TimeSpan.FromMilliseconds(TimeoutMilliseconds)) - sent;
    }
}
