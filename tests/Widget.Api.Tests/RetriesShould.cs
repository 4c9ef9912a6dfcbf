using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Api.Configuration;
using Widget.Api.Host;
using Widget.Api.Knowledge;
using Widget.Api.Media;
using Widget.Api.Speech.Client;
using Widget.Api.Speech.Dictation;
using Widget.Extraction;
using Widget.Rag.Embeddings;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>While a caller waits, clients do not wait for as long as a service asks.</summary>
public sealed class RetriesShould : IAsyncLifetime
{
    private readonly WebApplication _server = Server();
    private int _asked;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Uri Endpoint => new(_server.Urls.First() + "/v1");

    public async ValueTask InitializeAsync()
    {
        _server.Map("/v1/{**path}", (HttpResponse response, string path) =>
        {
            Interlocked.Increment(ref _asked);
            response.Headers.RetryAfter = path.Contains(
                "dated",
                StringComparison.Ordinal) ? DateTimeOffset.UtcNow.AddDays(2).ToString("R") : "100000";
            return Results.Text("{}", statusCode: 429);
        });
        await _server.StartAsync(Ct);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("/dated")]
    public async Task Not_wait_for_days(string path)
    {
        var endpoint = new Uri(Endpoint.AbsoluteUri + path);
        using var embeddings = new OpenAIEmbeddings(new EmbeddingModelOptions { Endpoint = endpoint, Model = "m" }, TestOutbound.Client);
        var model = new MediaModelOptions { Endpoint = endpoint, Model = "m" };
        using var dictation = new OpenAITranscriptionClient(new DictationOptions(model), TestOutbound.Client);
        var watch = Stopwatch.StartNew();

        await Should.ThrowAsync<EmbeddingUnavailableException>(() => embeddings.GenerateAsync(["text"], cancellationToken: Ct));
        await Should.ThrowAsync<IngestionFailureException>(
            () => new OpenAITranscriber(model, TestOutbound.Client).TranscribeAsync(new byte[] { 1 }, Ct));
        await Should.ThrowAsync<IngestionFailureException>(
            () => new OpenAIImageDescriber(model, TestOutbound.Client).DescribeAsync(new byte[] { 1 }, "image/png", Ct));
        await Should.ThrowAsync<SpeechException>(() => dictation.GetTextAsync(new MemoryStream([1]), cancellationToken: Ct));

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        _asked.ShouldBe(4);
    }

    [Theory]
    [InlineData("WIDGET_CHAT_FIRST_WORD_SECONDS", "0", "from 1 to 60")]
    [InlineData("WIDGET_CHAT_FIRST_WORD_SECONDS", "soon", "from 1 to 60")]
    [InlineData("WIDGET_DOCUMENT_PAGES", "-1", "from 1 to 100000")]
    [InlineData("WIDGET_DOCUMENT_SECONDS", "1e9", "from 10 to 7200")]
    public void Have_valid_limits(string name, string value, string words)
    {
        var refusal = Should.Throw<InvalidConfigurationException>(
            () => ServerOptions.Read(asked => asked == name ? value : asked == "WIDGET_DATABASE_APP" ? "Host=db" : null));

        refusal.Errors.ShouldHaveSingleItem().ShouldBe($"{name} is \"{value}\". It must be a whole number {words}.");
    }

    private static WebApplication Server()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add($"http://{IPAddress.Loopback}:0");
        return server;
    }
}
