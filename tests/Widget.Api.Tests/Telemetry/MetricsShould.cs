using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Widget.Api.Telemetry;
using Widget.Rag.Tavus;
using Widget.Testing;

namespace Widget.Api.Tests.Telemetry;

[Collection(typeof(Alone))]
public sealed partial class MetricsShould(ApiFixture api)
{
    [Fact]
    public async Task Be_served_with_everything_that_the_dashboard_shows()
    {
        var address = new Uri($"http://127.0.0.1:{Simulator.FreePort()}");
        await using var node = await StartAsync(address);
        await UseAsync(node);
        await node.Service<WorkGauges>().ReadAsync(CancellationToken.None);
        using var client = new HttpClient { BaseAddress = address };

        var scraped = await client.GetStringAsync("/metrics");

        scraped.ShouldContain("widget_answer_time_to_first_token_seconds_count{");
        scraped.ShouldContain(
            "widget_search_duration_seconds_count{widget_outcome=\"answered\",widget_search_strategy=\"parallel\"}",
            customMessage: scraped);
        scraped.ShouldContain("widget_work_waiting{widget_work=\"ingestion\"}");
        scraped.ShouldContain("widget_breakers_open{widget_service=\"search tavus\"} 1");
        scraped.ShouldContain("widget_call_duration_seconds_count{widget_call_mode=\"voice\"}");
        scraped.ShouldContain("http_route=\"/api/widget/conversations/{id:guid}/messages\"");
        var names = Name().Matches(scraped).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var shown = Shown();
        shown.Length.ShouldBeGreaterThan(15);
        shown.Where(name => !names.Contains(name)).ShouldBeEmpty(string.Join('\n', names.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Be_served_only_at_their_own_address()
    {
        var address = new Uri($"http://127.0.0.1:{Simulator.FreePort()}/own-path");
        await using var node = await StartAsync(address);
        using var client = new HttpClient { BaseAddress = address };

        (await client.GetAsync("/own-path")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var product = node.Client();
        (await product.GetAsync("/metrics")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await product.GetAsync("/own-path")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Count_the_documents_of_ingestion()
    {
        var address = new Uri($"http://127.0.0.1:{Simulator.FreePort()}");
        await using var node = await StartAsync(address);
        var tenant = await TestTenant.CreateAsync(api, node);
        await tenant.ImportAsync(new { id = "a", title = "A", text = "A text." });
        using var client = new HttpClient { BaseAddress = address };

        await Eventually.TrueAsync(
            async () =>
                (await client.GetStringAsync("/metrics")).Contains(
                    "widget_ingestion_documents_total{widget_outcome=\"ready\"}",
                    StringComparison.Ordinal),
            "a document has been counted");
    }

    private Task<ApiNode> StartAsync(Uri metrics) => ApiNode.StartAsync(
        api.Database,
        api.Simulator.Chat,
        tavus: new TavusOptions { Endpoint = new Uri("http://127.0.0.1:9"), Key = "k" },
        rerank: api.Simulator.Rerank,
        telemetry: new TelemetryOptions { Metrics = metrics });

    // Asks a question whose second knowledge base is unavailable, and ends a call.
    private async Task UseAsync(ApiNode node)
    {
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var settings = JsonSerializer.Serialize(new { useTavusKB = true, tavusReplicaId = "r1" });
        (await tenant.Developer.PutAsync("/api/settings", new StringContent(settings, System.Text.Encoding.UTF8, "application/json")))
            .EnsureSuccessStatusCode();
        var visitor = await tenant.VisitAsync(node);
        await visitor.AskAsync("How long does charging take?");
        using var nowhere = node.Client();
        await nowhere.GetAsync("/nowhere");
        Usage.UsageTelemetry.RecordCall(Usage.UsageMeter.Voice, 90);
    }

    private static string[] Shown()
    {
        using var dashboard = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "observability", "grafana-dashboard.json")));
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.TryGetProperty("targets", out _))
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .SelectMany(target => Metric().Matches(target.GetProperty("expr").GetString()!))
                .Select(match => match.Value)
                .Distinct(StringComparer.Ordinal),
        ];
    }

    [GeneratedRegex("^[a-z][a-zA-Z0-9_:]*", RegexOptions.Multiline, 1000)]
    private static partial Regex Name();

    // In an expression, a metric is followed by its labels.
    [GeneratedRegex("[a-z][a-zA-Z0-9_:]*(?=\\{)", RegexOptions.None, 1000)]
    private static partial Regex Metric();
}
