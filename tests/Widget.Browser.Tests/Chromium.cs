using Microsoft.Playwright;

namespace Widget.Browser.Tests;

/// <summary>
/// The machine's own Chromium, headless. Uses Debian's headless shell if it is installed: the same browser without windows and profiles. It
/// needs a third less processor time.
/// </summary>
public class Chromium : IAsyncLifetime
{
    /// <summary>The path of the browser that has everything.</summary>
    protected const string FullPath = "/usr/bin/chromium";
    private const string ShellPath = "/usr/bin/chromium-headless-shell";

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
    protected virtual string ExecutablePath => File.Exists(ShellPath) ? ShellPath : FullPath;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        Browser = await StartAsync(_playwright, ExecutablePath);
    }

    /// <summary>
    /// Starts a browser whose camera shows a moving picture and whose microphone beeps. A page still needs permission to use them. Five
    /// pictures a second are enough to see that it moves, and each takes time to compress.
    /// </summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright, params IReadOnlyList<string> more) =>
        StartAsync(playwright, FullPath, more);

    private static Task<IBrowser> StartAsync(IPlaywright playwright, string executablePath, params IReadOnlyList<string> more) =>
        playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("WIDGET_CHROMIUM") ?? executablePath,
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

/// <summary>Chromium itself, for tests with a microphone or camera. The headless shell opens neither.</summary>
public sealed class FullChromium : Chromium
{
    protected override string ExecutablePath => FullPath;
}
