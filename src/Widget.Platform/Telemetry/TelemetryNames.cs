using Microsoft.Extensions.DependencyInjection;

namespace Widget.Platform.Telemetry;

/// <summary>Names of activity sources and meters whose spans and metrics are exported.</summary>
public sealed record TelemetryNames(IReadOnlyList<string> Sources, IReadOnlyList<string> Meters);

public static class TelemetryNameServices
{
    /// <summary>Registers the activity sources and meters of a feature for export.</summary>
    public static IServiceCollection AddTelemetryNames(
        this IServiceCollection services,
        IReadOnlyList<string>? sources = null,
        IReadOnlyList<string>? meters = null) => services.AddSingleton(new TelemetryNames(sources ?? [], meters ?? []));
}
