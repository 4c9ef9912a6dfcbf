using Widget.Platform.Telemetry;

namespace Widget.Api.Tools;

internal static class ToolServices
{
    /// <summary>What the assistant can do besides talking. Another feature adds a tool by registering one more <see cref="ITool"/>.</summary>
    public static IServiceCollection AddTools(this IServiceCollection services)
    {
        services.AddTelemetryNames(sources: [ToolTelemetry.Name]);
        services.AddSingleton(ToolTables.Tables);
        services.AddSingleton<ToolRegistry>();
        services.AddSingleton<ToolExecution>();
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<ITool, SearchKnowledgeTool>();
        return services;
    }
}
