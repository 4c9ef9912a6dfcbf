using Widget.Api.Configuration;

namespace Widget.Api.Telemetry;

/// <summary>
/// Our own telemetry options. Traces, metrics and logs are exported according to the standard variables
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> …), which OpenTelemetry reads itself.
/// </summary>
public sealed record TelemetryOptions
{
    /// <summary>
    /// The address of the metrics for Prometheus, such as <c>http://127.0.0.1:9464/metrics</c> (WIDGET_METRICS). Null if metrics are not
    /// served.
    /// </summary>
    public Uri? Metrics { get; init; }

    internal static TelemetryOptions Read(Variables variables)
    {
        var metrics = variables.Address("WIDGET_METRICS", "http://127.0.0.1:9464");
        if (metrics is not null && metrics.Scheme != Uri.UriSchemeHttp)
            variables.Errors.Add(
                "WIDGET_METRICS must be an http address such as http://127.0.0.1:9464. To serve metrics over TLS, use a proxy.");
        return new TelemetryOptions { Metrics = metrics };
    }
}
