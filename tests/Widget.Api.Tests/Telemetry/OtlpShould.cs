using Widget.Api.Telemetry;
using Widget.Testing;

namespace Widget.Api.Tests.Telemetry;

[Collection(typeof(Alone))]
public sealed class OtlpShould(ApiFixture api)
{
    [Fact]
    public async Task Send_traces_and_metrics_to_the_configured_endpoint()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var node = await ApiNode.StartAsync(api.Database, settings: [.. receiver.Settings, "--OTEL_SERVICE_NAME=my-widget"]);
        var visitor = await (await TestTenant.WithKnowledgeAsync(api)).VisitAsync(node);

        await visitor.AskAsync("Is the frame covered?");

        await Eventually.TrueAsync(
            () =>
                Task.FromResult(
                    receiver.Contains("/v1/traces", "search arm lexical") && receiver.Contains("/v1/metrics", "widget.answer.duration")),
            "spans and metrics have been sent");
        receiver.Contains("/v1/traces", "my-widget").ShouldBeTrue();
    }

    [Fact]
    public async Task Send_nothing_if_unset_or_disabled()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using (var unset = await ApiNode.StartAsync(api.Database))
        await using (var off = await ApiNode.StartAsync(api.Database, settings: [.. receiver.Settings, "--OTEL_SDK_DISABLED=true"]))
        await using (var none = await ApiNode.StartAsync(
            api.Database,
            settings:
            [
                .. receiver.Settings,
                "--OTEL_TRACES_EXPORTER=none",
                "--OTEL_METRICS_EXPORTER=none",
                "--OTEL_LOGS_EXPORTER=none",
            ]))
        {
            var tenant = await TestTenant.WithKnowledgeAsync(api);
            foreach (var node in new[] { unset, off, none })
            {
                await (await tenant.VisitAsync(node)).AskAsync("Is the frame covered?");
                node.Optional<OpenTelemetry.Trace.TracerProvider>().ShouldBeNull();
                node.Optional<OpenTelemetry.Metrics.MeterProvider>().ShouldBeNull();
                node.Optional<WorkGauges>().ShouldBeNull();
            }
        }

        // A node sends its remaining signals when it stops, so they would have arrived by now.
        receiver.Received.ShouldBeEmpty();
    }
}
