namespace Widget.Api.Telemetry;

/// <summary>
/// What is seen of a node from outside. Traces, metrics and logs are sent by the standard variables (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> …), which
/// OpenTelemetry reads itself; this is what is ours.
/// </summary>
public sealed record TelemetryOptions
{
    /// <summary>Where Prometheus finds the metrics, as <c>http://127.0.0.1:9464/metrics</c> (WIDGET_METRICS); null for nowhere.</summary>
    public Uri? Metrics { get; init; }
}
