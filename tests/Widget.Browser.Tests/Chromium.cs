using Microsoft.Playwright;

namespace Widget.Browser.Tests;

/// <summary>
/// The machine's own Chromium, headless. Where Debian's headless shell is installed, which is the same browser without windows and
/// profiles, pages are opened with it: that takes two thirds of the processor time.
/// </summary>
public class Chromium : IAsyncLifetime
{
    /// <summary>The path of the browser that has everything.</summary>
    protected const string Full = "/usr/bin/chromium";
    private const string Shell = "/usr/bin/chromium-headless-shell";

    // The last list of features wins, so this repeats what Playwright disables (chromiumSwitches in its coreBundle.js). The first two
    // features load two pages of the address bar for every window. That takes more processor time than most tests.
    private static readonly string[] DisabledFeatures =
    [
        "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
        "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "DialMediaRouteProvider", "GlobalMediaControls",
        "HttpsUpgrades", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
        "BlockOriginHeaderModificationOnRedirect", "AvoidCorsURLLoaderRestartOnRedirect", "Translate", "OptimizationHints",
        "NetworkTimeServiceQuerying", "AimEnabled",
    ];

    /// <summary>How long a test waits for something in the page, in milliseconds. A busy machine takes much longer than usual.</summary>
    public const float Patience = 60_000;

    private IPlaywright _playwright = null!;

    /// <summary>The path of the browser.</summary>
    protected virtual string Program => File.Exists(Shell) ? Shell : Full;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        Browser = await LaunchAsync(_playwright, Program);
    }

    /// <summary>
    /// Starts a browser whose camera shows a moving picture and whose microphone beeps. A page still needs permission to use them. Five
    /// pictures a second are enough to see that it moves, and each takes time to compress.
    /// </summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params IReadOnlyList<string> more) =>
        LaunchAsync(playwright, Full, more);

    private static Task<IBrowser> LaunchAsync(IPlaywright playwright, string program, params IReadOnlyList<string> more) =>
        playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("WIDGET_CHROMIUM") ?? program,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-quic", "--no-first-run", "--use-fake-device-for-media-stream=fps=5",
                $"--disable-features={string.Join(',', DisabledFeatures)}", .. more,
            ],
        });

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The browser for tests with sound and pictures of devices, which Debian's headless shell does not open.</summary>
public sealed class FullChromium : Chromium
{
    protected override string Program => Full;
}
