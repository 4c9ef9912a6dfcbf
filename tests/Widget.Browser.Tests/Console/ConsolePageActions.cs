using Microsoft.Playwright;

namespace Widget.Browser.Tests.Console;

/// <summary>What tests do on the console's pages.</summary>
internal static class ConsolePageActions
{
    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static Task Press(this IPage page, string name) => page.Button(name).First.ClickAsync();

    /// <summary>Opens the menu with this name.</summary>
    public static Task OpenMenuAsync(this IPage page, string name) =>
        page.Locator("summary").Filter(new() { HasText = name }).First.ClickAsync();

    /// <summary>Confirms what the console asks.</summary>
    public static Task ConfirmAsync(this IPage page, string act) => page.Locator(".rz-dialog").Button(act).ClickAsync();

    public static ILocator Button(this ILocator part, string name) => part.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public static ILocatorAssertions Should(this ILocator locator) => Assertions.Expect(locator);
}
