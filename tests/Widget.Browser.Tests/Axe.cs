using System.Text.Json;
using Microsoft.Playwright;
using Widget.Testing;

namespace Widget.Browser.Tests;

/// <summary>Deque's accessibility checks, run in the page.</summary>
internal static class Axe
{
    private static readonly string Script = File.ReadAllText(
        Path.Combine(Repository.Root, "src/Widget.Embed/node_modules/axe-core/axe.min.js"));

    /// <summary>Fails if the widget violates WCAG 2.2 AA or a best practice.</summary>
    public static async Task ShouldBeAccessibleAsync(this WidgetPage visit) =>
        (await visit.ViolationsAsync("#widget-root")).ShouldBeEmpty();

    /// <summary>All violations in the page, or in the part that a selector names.</summary>
    public static Task<string[]> ViolationsAsync(this WidgetPage visit, string scope = "document") => visit.Page.ViolationsAsync(scope);

    /// <summary>All violations in a page, or in the part that a selector names.</summary>
    public static async Task<string[]> ViolationsAsync(this IPage page, string scope = "document")
    {
        await page.EvaluateAsync(Script);
        // Wait for animations to end, because elements that fade in have too little contrast.
        await page.WaitForFunctionAsync(
            """
            () => [document, document.getElementById('widget-root')?.shadowRoot]
              .flatMap((root) => root?.getAnimations() ?? [])
              .every((animation) => animation.playState !== 'running' || animation.effect?.getComputedTiming().iterations === Infinity)
            """);
        var context = scope == "document" ? "document" : $"'{scope}'";
        var found = await page.EvaluateAsync<JsonElement>(
            $"() => axe.run({context}, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }})");
        return
        [
            .. found.GetProperty("violations").EnumerateArray().Select(violation =>
                $"{violation.GetProperty("id").GetString()}: {violation.GetProperty("help").GetString()} at "
                + string.Join(
                    " ; ",
                    violation.GetProperty("nodes").EnumerateArray().Select(
                        node => node.GetProperty("target").ToString() + node.GetProperty("failureSummary").GetString()))),
        ];
    }
}
