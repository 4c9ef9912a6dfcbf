using Microsoft.Playwright;

namespace Widget.Browser.Tests;

/// <summary>The screens on which the layout is checked, and checks that calls have in common.</summary>
internal static class Screens
{
    public static BrowserNewContextOptions Phone =>
        new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true };

    /// <summary>A window in which axe can run, whatever the page's content security policy is.</summary>
    public static BrowserNewContextOptions Of(string locale, ColorScheme scheme, int width) =>
        new() { Locale = locale, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 844 }, BypassCSP = true };

    /// <summary>Sets the widget's language.</summary>
    public static void SetLocale(this CustomerSite site, string locale) =>
        site.Html = site.Html.Replace("data-site-key", $"data-locale=\"{locale[..2]}\" data-site-key");

    /// <summary>Makes the page as wide as the phone.</summary>
    public static void FitToPhone(this CustomerSite site) => site.Html += "<meta name=\"viewport\" content=\"width=device-width\">";

    /// <summary>Fails if an element is cut off on the left or right.</summary>
    /// <returns>The boxes of the elements.</returns>
    public static async Task<IReadOnlyList<LocatorBoundingBoxResult>> ShouldFitAsync(this ILocator elements, int width)
    {
        var boxes = new List<LocatorBoundingBoxResult>();
        foreach (var element in await elements.AllAsync()) boxes.Add((await element.BoundingBoxAsync())!);
        boxes.ShouldNotBeEmpty();
        boxes.ShouldAllBe(box => box.X >= 0 && box.X + box.Width <= width);
        return boxes;
    }

    /// <summary>In a call, moves the focus to the microphone's button and presses it.</summary>
    public static async Task MuteByKeyboardAsync(this IPage page)
    {
        var button = page.Locator(".control[aria-label='Mute microphone']:focus");
        for (var i = 0; i < 10 && await button.CountAsync() == 0; i++) await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Space");
    }
}
