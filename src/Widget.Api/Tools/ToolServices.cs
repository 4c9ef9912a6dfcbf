using Microsoft.SemanticKernel;
using Widget.Platform.Telemetry;

namespace Widget.Api.Tools;

internal static class ToolServices
{
    /// <summary>
    /// What the assistant can do besides talking. Another feature adds tools by registering one more <see cref="KernelPlugin"/> whose
    /// functions are declared by <see cref="Tool.Declare"/>.
    /// </summary>
    public static IServiceCollection AddTools(this IServiceCollection services)
    {
        services.AddTelemetryNames(sources: [ToolTelemetry.Name]);
        services.AddSingleton(ToolTables.Tables);
        services.AddSingleton<ToolRegistry>();
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<KnowledgePlugin>();
        services.AddSingleton<KernelPlugin>(provider => provider.GetRequiredService<KnowledgePlugin>().ToKernelPlugin());

        // The first one registered is the outermost: what comes after it happens only when it passes the call on.
        services.AddSingleton<IFunctionInvocationFilter, ToolAuthorization>();
        services.AddSingleton<IFunctionInvocationFilter, ToolArgumentCheck>();
        services.AddSingleton<IFunctionInvocationFilter, ToolTelemetry>();
        services.AddSingleton<IFunctionInvocationFilter, ToolCallLedger>();
        services.AddSingleton<IFunctionInvocationFilter, ToolTimeLimit>();
        return services;
    }
}
