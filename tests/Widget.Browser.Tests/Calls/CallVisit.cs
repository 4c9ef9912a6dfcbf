using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Widget.Api.Operations;
using static Microsoft.Playwright.Assertions;

namespace Widget.Browser.Tests.Calls;

/// <summary>A person's page of a call, in a browser with a moving picture as its camera and a beep as its microphone.</summary>
internal sealed class CallVisit : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private CallVisit(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    public IBrowserContext Context => _context;

    /// <summary>The other persons.</summary>
    public ILocator Others => Page.Locator(".tile[data-state]");

    /// <summary>The other persons whose sound and picture arrive.</summary>
    public ILocator Connected => Page.Locator(".tile[data-state=connected]");

    public ILocator Card => Page.Locator(".card");

    public static async Task<CallVisit> OpenAsync(
        IBrowser browser,
        string address,
        BrowserNewContextOptions? options = null,
        Func<IPage, Task>? before = null)
    {
        options ??= new();
        options.ViewportSize ??= new() { Width = 1280, Height = 800 };
        options.Locale ??= "en-US";
        options.ReducedMotion ??= ReducedMotion.Reduce;
        options.Permissions ??= ["camera", "microphone"];
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(Chromium.Patience);
        var page = await context.NewPageAsync();
        if (before is not null) await before(page);
        await page.GotoAsync(address);
        return new CallVisit(context, page);
    }

    /// <summary>A call page that another page has opened.</summary>
    public static CallVisit Of(IPage page) => new(page.Context, page);

    /// <summary>Joins once camera and microphone are open.</summary>
    /// <param name="name">The person's name; null if the link has it.</param>
    public async Task JoinAsync(string? name = null)
    {
        await Page.Locator(".preview video").WaitForAsync();
        if (name is not null) await Page.Locator("input[name=name]").FillAsync(name);
        await Page.Locator(".join").ClickAsync();
        await Page.Locator(".call, .pulse").First.WaitForAsync();
    }

    /// <summary>Waits until the other person's picture moves and sound is heard, and returns the loudness.</summary>
    public async Task<double> SeesAndHearsAsync()
    {
        await Connected.First.WaitForAsync();
        return await Page.EvaluateAsync<double>(
            """
            async () => {
              const until = async (check) => {
                for (let i = 0; i < 600; i++) {
                  const value = await check();
                  if (value) return value;
                  await new Promise((resolve) => setTimeout(resolve, 100));
                }
                throw new Error('It did not happen: ' + check);
              };
              const video = await until(() => document.querySelector('.tile[data-state=connected] video'));
              const canvas = document.createElement('canvas');
              [canvas.width, canvas.height] = [64, 48];
              const context = canvas.getContext('2d', { willReadFrequently: true });
              const look = () => {
                context.drawImage(video, 0, 0, 64, 48);
                return [...context.getImageData(0, 0, 64, 48).data];
              };
              await until(() => video.videoWidth > 0);
              const before = look();
              await until(() => look().some((value, i) => Math.abs(value - before[i]) > 40));
              const { srcObject } = document.querySelector('.tile[data-state=connected] audio');
              const sound = new AudioContext();
              const analyser = sound.createAnalyser();
              sound.createMediaStreamSource(srcObject).connect(analyser);
              const samples = new Float32Array(analyser.fftSize);
              return until(() => {
                analyser.getFloatTimeDomainData(samples);
                const loudness = Math.max(...samples.map(Math.abs));
                return loudness > 0.01 && loudness;
              });
            }
            """);
    }

    /// <summary>Waits until the pictures of so many others move and their sound is heard.</summary>
    public async Task SeesAndHearsAllAsync(int others)
    {
        await Expect(Connected).ToHaveCountAsync(others);
        await Page.EvaluateAsync(
            """
            async (others) => {
              const sound = new AudioContext();
              const until = async (check, what) => {
                for (let i = 0; i < 600; i++) {
                  if (check()) return;
                  await new Promise((resolve) => setTimeout(resolve, 100));
                }
                throw new Error(`It did not happen: ${what}`);
              };
              const moves = async (tile) => {
                const video = () => tile.querySelector('video');
                await until(() => video()?.videoWidth > 0, `${tile.textContent}: a picture`);
                const before = video().getVideoPlaybackQuality().totalVideoFrames;
                await until(() => video().getVideoPlaybackQuality().totalVideoFrames > before + 3, `${tile.textContent}: it moves`);
              };
              const sounds = async (tile) => {
                await until(() => tile.querySelector('audio').srcObject, `${tile.textContent}: sound`);
                const analyser = sound.createAnalyser();
                sound.createMediaStreamSource(tile.querySelector('audio').srcObject).connect(analyser);
                const samples = new Float32Array(analyser.fftSize);
                await until(() => {
                  analyser.getFloatTimeDomainData(samples);
                  return Math.max(...samples.map(Math.abs)) > 0.01;
                }, `${tile.textContent}: it is heard`);
              };
              const tiles = [...document.querySelectorAll('.tile[data-state]')];
              await Promise.all(tiles.flatMap((tile) => [moves(tile), sounds(tile)]));
              await sound.close();
            }
            """,
            others);
    }

    public async Task WriteAsync(string text)
    {
        if (await Page.Locator(".chat").CountAsync() == 0) await Page.Locator(".toggle-chat").ClickAsync();
        await Page.Locator(".composer textarea").FillAsync(text);
        await Page.Keyboard.PressAsync("Enter");
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}

/// <summary>A room of a company, and the links into it.</summary>
internal sealed class TestRoom(Installation installation, CreatedTenant keys, string id, string hostLink)
{
    public string HostLink => hostLink;

    public string Id => id;

    public static async Task<TestRoom> CreateAsync(Installation installation, CreatedTenant keys, object? request = null)
    {
        var room = await SendAsync(installation, keys, "/api/video/rooms", request ?? new { name = "Call", waitingRoom = false });
        return new TestRoom(
            installation,
            keys,
            room.GetProperty("roomId").GetString()!,
            room.GetProperty("link").GetProperty("url").GetString()!);
    }

    /// <param name="name">The person's name; null to let the person choose it.</param>
    /// <param name="minutes">How long the link can be opened.</param>
    public async Task<string> GuestLinkAsync(string? name = null, int minutes = 15)
    {
        var link = await SendAsync(installation, keys, $"/api/video/rooms/{id}/links", new { role = "guest", name, minutes });
        return link.GetProperty("url").GetString()!;
    }

    private static async Task<JsonElement> SendAsync(Installation installation, CreatedTenant keys, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(installation.Api, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys.ApiKey);
        var response = await installation.Http.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
