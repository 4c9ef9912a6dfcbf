using Microsoft.SemanticKernel;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Rag.Search;

namespace Widget.Api.Selling.Demos;

/// <summary>The tool that shows the visitor a demo.</summary>
public sealed class DemoPlugin(DemoFinder demos)
{
    private const string Description =
        "Shows the visitor a demo: a video, an image, a slide or a page. It appears in the conversation. "
        + "Use it when the visitor wants to see the product or how something works.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("demos", [Tool.Declare(
        ShowAsync,
        "show_demo",
        Description,
        hasEffects: false,
        Tool.Parameter(
            "query",
            new { type = "string", minLength = 1, maxLength = 500, description = "What the visitor wants to see, in their words." }))]);

    private async Task<ToolResult> ShowAsync(KernelArguments call, string query, CancellationToken ct)
    {
        var context = ToolInvocation.Of(call).Context;
        ShownDemo? demo;
        try
        {
            demo = await demos.FindAsync(context.Tenant.TenantId, context.Settings, query.Trim(), ct);
        }
        catch (SearchUnavailableException)
        {
            return ToolResult.Failed("The demos can't be searched right now. Say so.");
        }

        if (demo is null)
        {
            return ToolResult.Of(new
            {
                shown = false,
                note = "There is no demo of this. Say so, and do not describe one.",
            });
        }

        var note = context.Conversation is null
            ? "The demo was found. Give its address to the person if it helps."
            : "The visitor sees the demo now. Say in one sentence what it shows, without its address.";
        var result = ToolResult.Of(new { shown = context.Conversation is not null, demo, note });
        return result with { Events = [new DemoShown { Demo = demo, Query = query.Trim() }] };
    }
}
