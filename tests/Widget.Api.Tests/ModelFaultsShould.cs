using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Widget.Api.Answers;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>When the language model fails, the operator reads a plain explanation, not the names of exceptions.</summary>
public sealed class ModelFaultsShould(ApiFixture api)
{
    [Fact]
    public async Task Report_in_the_health_check_that_no_server_listens()
    {
        await using var node = await ApiNode.StartAsync(api.Database, new ChatModelOptions { Endpoint = Closed(), Model = "gone" });
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var visitor = await tenant.VisitAsync();

        (await visitor.AskAsync("How long does charging take?")).Text.ShouldContain("four and a half hours");

        using var client = node.Client();
        var health = await client.GetStringAsync("/health/ready");
        health.ShouldContain(
            "The language model failed at the last answer (connection refused: no server listens at WIDGET_CHAT_ENDPOINT)");
        health.ShouldNotContain("Exception");
    }

    [Fact]
    public async Task Distinguish_connection_errors()
    {
        (await MessageAsync(Closed())).ShouldBe("connection refused: no server listens at WIDGET_CHAT_ENDPOINT");
        (await MessageAsync(new Uri("http://nowhere.invalid/v1"))).ShouldStartWith("the host name in WIDGET_CHAT_ENDPOINT");
        await using var server = await StandInAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        (await MessageAsync(new Uri(server.Urls.Single()))).ShouldBe("it did not answer in time");
        (await MessageAsync(new Uri(server.Urls.Single().Replace("http:", "https:", StringComparison.Ordinal))))
            .ShouldStartWith("no secure connection");
        await using var broken = await StandInAsync(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        (await MessageAsync(new Uri(broken.Urls.Single()))).ShouldBe("the connection was interrupted");
    }

    [Theory]
    [InlineData(401, "status 401: it does not accept the key; check WIDGET_CHAT_KEY")]
    [InlineData(403, "status 403: the key may not use this model; check WIDGET_CHAT_KEY and WIDGET_CHAT_MODEL")]
    [InlineData(404, "status 404: there is no such address or model; check WIDGET_CHAT_ENDPOINT and WIDGET_CHAT_MODEL")]
    [InlineData(418, "status 418")]
    [InlineData(429, "status 429: too many requests, or the account's quota is used up")]
    [InlineData(500, "status 500: its server reported an error")]
    public async Task Explain_status_codes(int status, string message)
    {
        await using var server = await StandInAsync(http =>
        {
            http.Response.StatusCode = status;
            // The library waits this long before it retries.
            http.Response.Headers["retry-after-ms"] = "1";
            return http.Response.WriteAsync("""{"error": {"message": "How long does charging take?"}}""");
        });

        (await MessageAsync(new Uri(server.Urls.Single()))).ShouldBe(message);
    }

    [Fact]
    public async Task Report_a_server_that_is_not_a_model()
    {
        await using var server = await StandInAsync(http =>
        {
            http.Response.ContentType = "text/event-stream";
            return http.Response.WriteAsync("data: <html>Welcome</html>\n\n");
        });

        (await MessageAsync(new Uri(server.Urls.Single()))).ShouldBe("its response is not in OpenAI's format");
    }

    [Fact]
    public void Describe_the_last_attempt_and_name_unknown_exceptions()
    {
        ModelFault.MessageOf(
            new AggregateException(
                new IOException("first"),
                new AggregateException(
                    new HttpRequestException("no", new SocketException((int)SocketError.HostUnreachable)))))
            .ShouldBe("the host in WIDGET_CHAT_ENDPOINT cannot be reached");
        ModelFault.MessageOf(new NotSupportedException("a secret question")).ShouldBe("NotSupportedException");
    }

    private static Uri Closed() => new($"http://127.0.0.1:{Simulator.FreePort()}/v1");

    private static async Task<string> MessageAsync(Uri endpoint)
    {
        var options = new ChatModelOptions
        {
            Endpoint = endpoint,
            Key = "key",
            Model = "model",
            NetworkTimeout = TimeSpan.FromMilliseconds(500),
        };
        using var model = OpenAIModel.Create(options, TestOutbound.Client);
        var asked = model.GetResponseAsync("How long does charging take?", cancellationToken: TestContext.Current.CancellationToken);
        return ModelFault.MessageOf(await Should.ThrowAsync<Exception>(asked));
    }

    private static async Task<WebApplication> StandInAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
