using System.Diagnostics;
using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Widget.Api.Answers;
using Widget.Api.Limits;
using Widget.Api.Tools;
using Widget.Api.Usage;
using Widget.Rag.Telemetry;

namespace Widget.Api.Telemetry;

/// <summary>Traces, metrics and logs for those who run an installation (docs/observability.md).</summary>
internal static class TelemetryServices
{
    /// <summary>The activity sources of which spans are kept.</summary>
    internal static readonly string[] Sources =
    [
        RagTelemetry.Name, AnswerTelemetry.Name, AnswerTelemetry.Models, ToolTelemetry.Name, "Npgsql", "Microsoft.AspNetCore.SignalR.Server",
    ];

    /// <summary>The meters of which metrics are kept, besides those of ASP.NET Core, HttpClient and the runtime.</summary>
    internal static readonly string[] Meters =
    [
        RagTelemetry.Name, AnswerTelemetry.Name, AnswerTelemetry.Models, UsageTelemetry.Name, WorkGauges.Name, SharedCounters.MeterName, "Npgsql",
    ];

    public static void AddTelemetry(this WebApplicationBuilder builder, TelemetryOptions options)
    {
        LogCategories.Guard(builder);
        builder.Services.AddSingleton<DistributedContextPropagator, TraceContextOnly>();
        var signals = TelemetrySignals.Of(builder.Configuration);
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, builder.Configuration));
        if (signals.SendTraces)
        {
            // OpenTelemetry carries baggage by itself otherwise.
            Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
            telemetry.WithTracing(Trace);
        }

        if (signals.SendMetrics || options.Metrics is not null)
        {
            builder.Services.AddSingleton<WorkGauges>();
            builder.Services.AddHostedService(provider => provider.GetRequiredService<WorkGauges>());
            telemetry.WithMetrics(metrics => Measure(metrics, signals, options));
        }

        if (options.Metrics is not null) builder.Services.AddHostedService<MetricsServer>();
        if (!signals.SendLogs) return;
        builder.Logging.AddOpenTelemetry(logs => logs.IncludeFormattedMessage = true);
        builder.Services.ConfigureOpenTelemetryLoggerProvider(logs => logs.AddOtlpExporter());
    }

    private static void Trace(TracerProviderBuilder traces) => traces
        .AddSource(Sources)
        .AddAspNetCoreInstrumentation(web => web.Filter = http => !http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        .AddHttpClientInstrumentation()
        .AddProcessor<SpanScrubber>()
        .AddOtlpExporter();

    private static void Measure(MeterProviderBuilder metrics, TelemetrySignals signals, TelemetryOptions options)
    {
        metrics.AddMeter(Meters).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation();
        // Crawls reach hosts without number, so these are counted without the host.
        foreach (var (instrument, tags) in Bounded) metrics.AddView(instrument, new MetricStreamConfiguration { TagKeys = tags });
        if (signals.SendMetrics) metrics.AddOtlpExporter();
        if (options.Metrics is not null) metrics.AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);
    }

    private static readonly (string Instrument, string[] Tags)[] Bounded =
    [
        ("http.client.request.duration", ["http.request.method", "http.response.status_code", "error.type", "network.protocol.version", "url.scheme"]),
        ("http.client.request.time_in_queue", ["http.request.method", "url.scheme"]),
        ("http.client.active_requests", ["http.request.method", "url.scheme"]),
        ("http.client.open_connections", ["http.connection.state", "url.scheme"]),
        ("http.client.connection.duration", ["url.scheme"]),
        ("dns.lookup.duration", ["error.type"]),
    ];

    // What the operator names goes before what we do.
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
