using Microsoft.Playwright;

namespace Widget.Browser.Tests;

/// <summary>The machine's own Chromium, headless.</summary>
public sealed class Chromium : IAsyncLifetime
{
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

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        Browser = await LaunchAsync(_playwright);
    }

    /// <summary>
    /// Starts a browser whose camera shows a moving picture and whose microphone beeps. A page still needs permission to use them.
    /// </summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params IReadOnlyList<string> more) =>
        playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("WIDGET_CHROMIUM") ?? "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-quic", "--no-first-run", "--use-fake-device-for-media-stream",
                $"--disable-features={string.Join(',', DisabledFeatures)}", .. more,
            ],
        });

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
