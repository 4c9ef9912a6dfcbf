using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Widget.Api.Telemetry;
using Widget.Contracts;
using Widget.Platform.Database;
using Widget.Testing;

namespace Widget.Api.Tests.Telemetry;

/// <summary>Searches logs, spans and metrics for secrets from paths, queries, headers and bodies.</summary>
[Collection(typeof(Alone))]
public sealed class SecretsShould(ApiFixture api)
{
    private const string Secret = "SECRETinpath";

    // A different secret in each place, so that a failure shows where it came from.
    private static readonly string[] Secrets = [Secret, "SECRETinquery", "SECRETinheader", "SECRETinbody", "sim-key"];

    private static readonly string[] Read =
    [
        $"/api/{Secret}?key=SECRETinquery", $"/widget/{Secret}?key=SECRETinquery", "/api/knowledge/documents?cursor=SECRETinquery",
        $"/embed/{Secret}.js", "/health/live?key=SECRETinquery",
    ];

    private static readonly string[] Written =
    [
        $"/api/tavus/callback/{Secret}?a=SECRETinquery",
        $"/api/tavus/tool/{Secret}",
        "/api/widget/session",
        "/api/search",
        "/v1/chat/completions",
    ];

    private static readonly string[] Bodies =
    [
        """{"siteKey": "SECRETinbody", "event_type": "SECRETinbody"}""",
        "{SECRETinbody",
        """{"SECRETinbody": 1e400000, "x": "\u0000\ud800"}""",
        "",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Not_be_in_any_log_span_or_metric()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var simulator = await Simulator.StartAsync();
        var kept = new KeptSpans();
        var metrics = new Uri($"http://127.0.0.1:{Simulator.FreePort()}");
        await using var node = await ApiNode.StartAsync(
            api.Database,
            simulator.Chat,
            embedding: simulator.Embedding,
            rerank: simulator.Rerank,
            telemetry: new TelemetryOptions { Metrics = metrics },
            settings:
            [
                .. receiver.Settings, "--Logging:LogLevel:Default=Trace",
                "--Logging:LogLevel:Microsoft.AspNetCore=Trace", "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Trace",
            ],
            services: services =>
            {
                // Nodes of tests do not export their log by default.
                services.AddLogging(logging => logging.AddOpenTelemetry());
                services.Configure<LoggerFilterOptions>(logging => logging.MinLevel = LogLevel.Trace);
                KeptSpans.Of(kept)(services);
            });
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync(node);

        using (var client = node.Client("SECRETinheader"))
        {
            client.DefaultRequestHeaders.Add("Cookie", "session=SECRETinheader");
            client.DefaultRequestHeaders.Add("X-Forwarded-For", "SECRETinheader");
            client.DefaultRequestHeaders.Add("baggage", "user=SECRETinheader");
            client.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            client.DefaultRequestHeaders.Add("tracestate", "some=SECRETinheader");
            client.DefaultRequestHeaders.UserAgent.ParseAdd("SECRETinheader/1.0");
            foreach (var address in Read) await client.GetAsync(address, Ct);
            foreach (var address in Written)
                foreach (var body in Bodies)
                    await client.PostAsync(address, new StringContent(body, Encoding.UTF8, "application/json"), Ct);
        }

        await tenant.Developer.PostAsJsonAsync("/api/search", new { query = "SECRETinbody charging" }, Ct);
        await tenant.Developer.PostAsync(
            "/api/knowledge/uploads",
            new StringContent("SECRETinbody", Encoding.UTF8, "multipart/form-data"),
            Ct);
        await RawAsync(node, $"GET /{Secret}?SECRETinquery HTTP/9.9\r\nHost: x\r\n\r\n");
        await RawAsync(node, $"POST /api/search HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\nX: SECRETinheader\r\n\r\nSECRETinbody");
        await Should.ThrowAsync<WebSocketException>(() => HubClient.ConnectAsync(node, "SECRETinquery"));
        await visitor.AskAsync("How long does charging take? SECRETinbody");
        await simulator.BehaveAsync(new { failNext = 20, failStatus = 500 });
        await visitor.AskAsync("And SECRETinbody with the fast charger?");
        await using (var hub = await HubClient.ConnectAsync(node, visitor.Session.Token))
        {
            await hub.StreamAsync(
                "a",
                "Ask",
                visitor.Session.ConversationId,
                new { clientId = "1", text = "Is the frame covered? SECRETinbody" });
            (await hub.ItemsAsync<AnswerUpdate>("a").LastAsync()).ShouldBeOfType<AnswerCompleted>();
            await hub.StreamAsync("b", "Ask", Guid.NewGuid(), new { clientId = "SECRETinbody", text = "SECRETinbody" });
            await Should.ThrowAsync<InvalidOperationException>(async () => await hub.ItemsAsync<AnswerUpdate>("b").LastAsync());
        }

        await kept.TraceAsync(span => span.DisplayName == "answer", "answer");
        (string Path, string Text)[] sent =
        [
            ("/v1/traces", "answer"),
            ("/v1/metrics", "widget.answer.duration"),
            ("/v1/logs", "language model"),
        ];
        await Eventually.TrueAsync(
            () => Task.FromResult(sent.All(one => receiver.Contains(one.Path, one.Text))),
            "all signals are sent");
        using var scraper = new HttpClient { BaseAddress = metrics };
        var scraped = await scraper.GetStringAsync("/metrics", Ct);
        node.Log.Lines.ShouldNotBeEmpty();
        foreach (var secret in Secrets.Append(visitor.Session.Token).Append(tenant.Created.ApiKey))
        {
            node.Log.Lines.Where(line => line.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
            kept.All.Select(span => span.Text()).Where(text => text.Contains(secret, StringComparison.Ordinal)).ShouldBeEmpty();
            scraped.ShouldNotContain(secret);
            foreach (var path in new[] { "/v1/traces", "/v1/metrics", "/v1/logs" }) receiver.Contains(path, secret)
                .ShouldBeFalse($"{secret} in {path}");
        }
    }

    [Fact]
    public async Task Not_be_logged_with_a_failed_request()
    {
        await using var away = ApplicationDataSource.Create(
            "Host=127.0.0.1;Port=9;Username=nobody;Password=SECRETinpassword;Database=none;Timeout=1");
        await using var node = await ApiNode.StartAsync(api.Database, services: services => services.AddSingleton(away));
        using var client = node.Client();

        var answer = await client.PostAsJsonAsync(
            $"/api/tavus/callback/{Secret}?key=SECRETinquery",
            new { event_type = "SECRETinbody" },
            Ct);

        ((int)answer.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        node.Log.Lines.ShouldContain(line => line.StartsWith("POST /api/tavus/callback/{token} failed", StringComparison.Ordinal));
        node.Log.Lines.ShouldNotContain(line => line.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Not_be_logged_with_an_exception_that_quotes_them()
    {
        await using var command = api.Database.ApplicationSource.CreateCommand("select $1::jsonb");
        command.Parameters.Add(new() { Value = """{"name": "SECRETinbody \u0000"}""", NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        var fault = await Should.ThrowAsync<PostgresException>(() => command.ExecuteScalarAsync(Ct));
        fault.ToString().ShouldContain("SECRET");

        var logged = SanitizedException.From(new InvalidOperationException("It failed.", fault));

        logged.ToString().ShouldNotContain("SECRET");
        logged.ToString().ShouldContain("22P05");
        logged.ToString().ShouldContain("   at Npgsql.");
    }

    [Theory]
    [InlineData(null, "Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData(null, "Microsoft.AspNetCore")]
    [InlineData("Console", "Microsoft.AspNetCore.Hosting.Diagnostics")]
    [InlineData("Console", null)]
    public void Not_be_logged_whatever_the_configuration(string? provider, string? category)
    {
        var options = new LoggerFilterOptions();
        options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Trace, null));

        LogCategories.Guard(options);

        options.Rules.Where(
            rule => rule.ProviderName == provider
                && rule.CategoryName?.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) is true)
            .ShouldAllBe(rule => rule.LogLevel >= LogLevel.Warning);
        options.Rules.ShouldContain(rule => rule.ProviderName == provider && rule.CategoryName == "Microsoft.AspNetCore");
    }

    [Theory]
    [InlineData(null, "Microsoft.SemanticKernel.KernelFunction")]
    [InlineData("Console", "Microsoft.SemanticKernel")]
    [InlineData("Console", null)]
    public void Keep_the_arguments_of_tools_out_of_the_log_whatever_is_configured(string? provider, string? category)
    {
        var options = new LoggerFilterOptions();
        options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Trace, null));

        LogCategories.Guard(options);

        options.Rules.Where(
            rule => rule.ProviderName == provider
                && rule.CategoryName?.StartsWith("Microsoft.SemanticKernel", StringComparison.Ordinal) is true)
            .ShouldAllBe(rule => rule.LogLevel == LogLevel.None);
        options.Rules.ShouldContain(rule => rule.ProviderName == provider && rule.CategoryName == "Microsoft.SemanticKernel");
    }

    private static async Task RawAsync(ApiNode node, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, node.Address.Port, Ct);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        try
        {
            socket.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null, Ct);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // The server has already closed the connection.
        }
    }
}
