namespace Widget.Api.Telemetry;

/// <summary>Which signals a node exports. Signals without a receiver are not collected.</summary>
/// <param name="SendTraces">Traces go to an OTLP receiver.</param>
/// <param name="SendMetrics">Metrics go to an OTLP receiver.</param>
/// <param name="SendLogs">Logs go to an OTLP receiver.</param>
internal sealed record TelemetrySignals(bool SendTraces, bool SendMetrics, bool SendLogs)
{
    /// <summary>
    /// Reads the standard variables (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
    /// </summary>
    public static TelemetrySignals Of(IConfiguration configuration)
    {
        var disabled = string.Equals(configuration["OTEL_SDK_DISABLED"], "true", StringComparison.OrdinalIgnoreCase);
        return new TelemetrySignals(Sends("TRACES"), Sends("METRICS"), Sends("LOGS"));

        bool Sends(string signal) => !disabled
            && !string.Equals(configuration[$"OTEL_{signal}_EXPORTER"], "none", StringComparison.OrdinalIgnoreCase)
            && (Has("OTEL_EXPORTER_OTLP_ENDPOINT") || Has($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"));

        bool Has(string name) => !string.IsNullOrEmpty(configuration[name]);
    }
}
