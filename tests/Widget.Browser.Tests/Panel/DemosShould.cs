using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Widget.Contracts;
using Widget.Testing;

namespace Widget.Browser.Tests.Panel;

/// <summary>Demos on a real server: videos, a page of a PDF and a web page.</summary>
public sealed class DemosShould(DemoInstallation installation, Chromium chromium)
{
    [Theory]
    [InlineData("webm", "libvpx")]
    [InlineData("mp4", "libx264")]
    public async Task Play_the_chosen_part_of_a_video(string format, string codec)
    {
        await using var site = await CustomerSite.StartAsync();
        site.Files[$"/tour.{format}"] = ($"video/{format}", await VideoAsync(format, codec));
        await using var visit = await ShowAsync(site, new { kind = "video", url = $"{site.Origin}/tour.{format}", start = 1, end = 2 });

        var video = visit.Page.Locator("#widget-root video.demo-video");
        await Assertions.Expect(video).ToBeVisibleAsync();
        await Eventually.TrueAsync(
            () => video.EvaluateAsync<bool>("(video) => video.readyState > 0 && video.videoWidth === 160"),
            "the video is loaded");
        (await video.EvaluateAsync<double>("(video) => video.currentTime")).ShouldBeInRange(0.9, 1.1);
        await video.EvaluateAsync("(video) => { video.muted = true; return video.play(); }");
        await Eventually.TrueAsync(
            () => video.EvaluateAsync<bool>("(video) => video.paused && video.currentTime >= 1.9 && video.currentTime < 2.6"),
            "it stops at the end of the part");
        visit.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Show_a_page_of_the_companys_site_without_its_rights()
    {
        await using var site = await CustomerSite.StartAsync();
        site.Documents["/configurator"] =
            "<!doctype html><title>Configurator</title><h1>Choose your frame</h1><script>"
            + "try { localStorage.length; document.body.append('has storage'); } catch { document.body.append('has none'); }</script>";
        await using var visit = await ShowAsync(site, new { kind = "page", url = $"{site.Origin}/configurator" });

        var page = visit.Page.FrameLocator("#widget-root iframe.demo-frame");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("Choose your frame");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("has none");
    }

    [Fact]
    public async Task Show_a_page_of_a_document_or_a_link_to_it_where_the_browser_shows_none()
    {
        await using var site = await CustomerSite.StartAsync();
        site.Files["/fleet.pdf"] = ("application/pdf", MadePdf.Of(2, MadePdf.Drawn));
        await using var visit = await ShowAsync(site, new { kind = "slide", url = $"{site.Origin}/fleet.pdf", page = 2 });

        var showsPdf = await visit.Page.EvaluateAsync<bool>("() => navigator.pdfViewerEnabled");
        if (showsPdf)
        {
            (await visit.Page.Locator("#widget-root iframe.demo-frame").GetAttributeAsync("src"))
                .ShouldBe($"{site.Origin}/fleet.pdf#page=2");
        }
        else
        {
            var link = visit.Page.Locator("#widget-root .demo-consent a.offer");
            (await link.GetAttributeAsync("href"))!.ShouldStartWith($"{site.Origin}/fleet.pdf");
        }
    }

    private async Task<WidgetPage> ShowAsync(CustomerSite site, object demo)
    {
        var tenant = await installation.AddTenantAsync(site.Origin);
        site.Html = CustomerSite.Tag(installation, tenant.SiteKey);
        using var staff = new HttpClient { BaseAddress = installation.Api };
        staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tenant.ApiKey);
        var body = System.Text.Json.JsonSerializer.SerializeToNode(demo)!;
        body["title"] = "The city bike in a minute";
        body["showWhen"] = "The visitor wants to see the city bike or a demo of it.";
        var added = await staff.PostAsJsonAsync("/api/knowledge/demos", body);
        added.IsSuccessStatusCode.ShouldBeTrue(await added.Content.ReadAsStringAsync());
        await Eventually.TrueAsync(
            async () => (await staff.GetFromJsonAsync<DemoPage>("/api/knowledge/demos"))!.Demos
                .All(entry => entry.Status == EntryStatusName.Ready),
            "the demo can be found");
        var visit = await WidgetPage.OpenAsync(chromium, site.Address);
        await visit.OpenPanelAsync();
        await visit.AskAsync("Can I see a demo of the city bike?");
        await visit.Page.Locator("#widget-root .offer-demo").ClickAsync();
        return visit;
    }

    private static async Task<byte[]> VideoAsync(string format, string codec)
    {
        var file = Path.Combine(Repository.Root, ".local", "test", $"tour.{format}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string[] arguments =
        [
            "-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=duration=3:size=160x90:rate=10",
            "-c:v", codec, "-pix_fmt", "yuv420p", file,
        ];
        await Repository.RunAsync("/usr/bin/ffmpeg", arguments);
        return await File.ReadAllBytesAsync(file);
    }
}
