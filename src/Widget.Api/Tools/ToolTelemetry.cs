using System.Diagnostics;

namespace Widget.Api.Tools;

/// <summary>Creates a span for each tool call, by the GenAI semantic conventions, without arguments and results.</summary>
internal sealed class ToolTelemetry : ToolFilter
{
    public const string Name = "Widget.Tools";

    private static readonly ActivitySource Source = new(Name);

    protected override async Task<ToolResult> RunAsync(ToolInvocation call, Func<Task<ToolResult>> next)
    {
        using var activity = Source.StartActivity($"execute_tool {call.Tool.Name}")
            ?.SetTag("gen_ai.operation.name", "execute_tool")
            .SetTag("gen_ai.tool.name", call.Tool.Name)
            .SetTag("gen_ai.tool.call.id", call.Context.CallId);
        var result = await next();
        activity?.SetTag("widget.outcome", result.Success ? "done" : "failed");
        if (!result.Success) activity?.SetStatus(ActivityStatusCode.Error);
        return result;
    }
}
