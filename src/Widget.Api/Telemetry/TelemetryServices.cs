using System.Diagnostics;
using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Widget.Platform.Telemetry;

namespace Widget.Api.Telemetry;

/// <summary>Traces, metrics and logs for operators (docs/observability.md). Features register their own sources and meters.</summary>
internal static class TelemetryServices
{
    public static void AddTelemetry(this WebApplicationBuilder builder, TelemetryOptions options)
    {
        LogCategories.Guard(builder);
        builder.Services.AddSingleton<DistributedContextPropagator, TraceContextOnly>();
        builder.Services.AddTelemetryNames(sources: ["Npgsql", "Microsoft.AspNetCore.SignalR.Server"], meters: ["Npgsql", WorkGauges.Name]);
        var signals = TelemetrySignals.Of(builder.Configuration);
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, builder.Configuration));
        if (signals.SendTraces)
        {
            // OpenTelemetry's default propagator also forwards baggage.
            Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
            telemetry.WithTracing(Trace);
            builder.Services.ConfigureOpenTelemetryTracerProvider(static (provider, traces) =>
                traces.AddSource([.. provider.GetServices<TelemetryNames>().SelectMany(names => names.Sources)]));
        }

        if (signals.SendMetrics || options.Metrics is not null)
        {
            builder.Services.AddSingleton<WorkGauges>();
            builder.Services.AddHostedService(provider => provider.GetRequiredService<WorkGauges>());
            telemetry.WithMetrics(metrics => Measure(metrics, signals, options));
            builder.Services.ConfigureOpenTelemetryMeterProvider(static (provider, metrics) =>
                metrics.AddMeter([.. provider.GetServices<TelemetryNames>().SelectMany(names => names.Meters)]));
        }

        if (options.Metrics is not null) builder.Services.AddHostedService<MetricsServer>();
        if (!signals.SendLogs) return;
        builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
        builder.Services.ConfigureOpenTelemetryLoggerProvider(logs => logs.AddOtlpExporter());
    }

    private static void Trace(TracerProviderBuilder traces) => traces
        .AddAspNetCoreInstrumentation(web =>
            web.Filter = http => !http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        .AddHttpClientInstrumentation()
        .AddProcessor<SpanScrubber>()
        .AddOtlpExporter();

    private static void Measure(MeterProviderBuilder metrics, TelemetrySignals signals, TelemetryOptions options)
    {
        metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation();
        // Crawls reach any number of hosts, so these metrics leave out the host.
        foreach (var (instrument, tags) in LimitedTags) metrics.AddView(instrument, new MetricStreamConfiguration { TagKeys = tags });
        if (signals.SendMetrics) metrics.AddOtlpExporter();
        if (options.Metrics is not null) metrics.AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
    }

    private static readonly (string Instrument, string[] Tags)[] LimitedTags =
    [
        (
            "http.client.request.duration",
            ["http.request.method", "http.response.status_code", "error.type", "network.protocol.version", "url.scheme"]),
        ("http.client.request.time_in_queue", ["http.request.method", "url.scheme"]),
        ("http.client.active_requests", ["http.request.method", "url.scheme"]),
        ("http.client.open_connections", ["http.connection.state", "url.scheme"]),
        ("http.client.connection.duration", ["url.scheme"]),
        ("dns.lookup.duration", ["error.type"]),
    ];

    // A service name that the operator sets overrides the default.
    private static void Describe(ResourceBuilder resource, IConfiguration configuration)
    {
        var named = configuration["OTEL_SERVICE_NAME"] is { Length: > 0 }
            || configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Contains("service.name=", StringComparison.Ordinal) is true;
        if (!named) resource.AddService("widget", autoGenerateServiceInstanceId: false);
        var version = typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        resource.AddAttributes(
        [
            new("service.version", version?.Split('+')[0] ?? "0"),
            new("service.instance.id", $"{Environment.MachineName}-{Environment.ProcessId}"),
        ]);
    }
}
