using Microsoft.SemanticKernel;
using Widget.Platform.Telemetry;

namespace Widget.Api.Tools;

internal static class ToolServices
{
    /// <summary>
    /// Adds the assistant's tools. Another feature adds tools by registering a <see cref="KernelPlugin"/> with functions from
    /// <see cref="Tool.Declare"/>.
    /// </summary>
    public static IServiceCollection AddTools(this IServiceCollection services)
    {
        services.AddTelemetryNames(sources: [ToolTelemetry.Name]);
        services.AddSingleton(ToolTables.Tables);
        services.AddSingleton<ToolRegistry>();
        services.AddSingleton<ToolRefusals>();
        services.AddSingleton(provider => new ToolRunner(
            provider.GetRequiredService<Kernel>(),
            provider.GetRequiredService<ToolRegistry>(),
            provider.GetRequiredService<ToolRefusals>()));
        services.AddSingleton<ToolCallAudit>();

        // The filters run in this order. Each one runs only if the previous one passes the call on.
        services.AddSingleton<IFunctionInvocationFilter>(provider => provider.GetRequiredService<ToolRefusals>());
        services.AddSingleton<IFunctionInvocationFilter, ToolAuthorization>();
        services.AddSingleton<IFunctionInvocationFilter, ToolArgumentCheck>();
        services.AddSingleton<IFunctionInvocationFilter, ToolTelemetry>();
        services.AddSingleton<IFunctionInvocationFilter, ToolCallLedger>();
        services.AddSingleton<IFunctionInvocationFilter, ToolTimeLimit>();
        return services;
    }
}
