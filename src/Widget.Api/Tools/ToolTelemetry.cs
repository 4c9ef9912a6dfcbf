using System.Diagnostics;

namespace Widget.Api.Tools;

/// <summary>Spans of tool calls, by the GenAI semantic conventions, without arguments and results.</summary>
internal static class ToolTelemetry
{
    public const string Name = "Widget.Tools";

    private static readonly ActivitySource Source = new(Name);

    public static Activity? Start(string tool, string call) => Source.StartActivity($"execute_tool {tool}")
        ?.SetTag("gen_ai.operation.name", "execute_tool")
        .SetTag("gen_ai.tool.name", tool)
        .SetTag("gen_ai.tool.call.id", call);

    public static void Ran(Activity? activity, bool success)
    {
        activity?.SetTag("widget.outcome", success ? "done" : "failed");
        if (!success) activity?.SetStatus(ActivityStatusCode.Error);
    }
}
