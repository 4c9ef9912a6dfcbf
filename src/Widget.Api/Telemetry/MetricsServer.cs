using System.Net;
using OpenTelemetry.Metrics;

namespace Widget.Api.Telemetry;

/// <summary>
/// Serves the metrics in Prometheus's text format from a second server at a separate address. That address serves nothing else, and the
/// product's address does not serve the metrics.
/// </summary>
internal sealed partial class MetricsServer(
    TelemetryOptions options,
    MeterProvider meters,
    ILoggerFactory loggers,
    ILogger<MetricsServer> logger) : IHostedService
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var address = options.Metrics!;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.AddServerHeader = false).UseUrls(address.GetLeftPart(UriPartial.Authority));
        builder.Services.AddSingleton(loggers);
        _app = builder.Build();
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters,
            predicate: null,
            PathOf(address),
            configureBranchedPipeline: null,
            optionsName: null);
        await _app.StartAsync(cancellationToken);
        if (!IsLoopback(address)) LogReachable(address.Authority);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is null) return;
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
    }

    internal static string PathOf(Uri address) => address.AbsolutePath is "/" ? "/metrics" : address.AbsolutePath;

    private static bool IsLoopback(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Metrics at {Address} are readable without authentication")]
    private partial void LogReachable(string address);
}
