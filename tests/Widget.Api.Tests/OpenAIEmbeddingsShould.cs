using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Widget.Api.Knowledge;
using Widget.Rag.Embeddings;
using Widget.Testing;

namespace Widget.Api.Tests;

/// <summary>Every bad answer of an endpoint becomes a message that says what is wrong and whether the texts are at fault.</summary>
public sealed class OpenAIEmbeddingsShould
{
    [Theory]
    [InlineData(200, "<html>Sign in</html>", false, "not a list of vectors")]
    [InlineData(200, "{}", false, "returned 0 vectors for 1 texts")]
    [InlineData(
        200,
        """{"object":"list","data":[{"object":"embedding","index":0,"embedding":"%%%"}]"""
            + ""","model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}""",
        false,
        "not a list of vectors")]
    [InlineData(
        200,
        """{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAwH8="}]"""
            + ""","model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}""",
        false,
        "not a list of vectors")]
    [InlineData(
        200,
        """{"object":"list","data":[{"object":"embedding","index":0,"embedding":""}]"""
            + ""","model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}""",
        false,
        "not a list of vectors")]
    [InlineData(400, """{"error":{"message":"maximum context length","type":"invalid_request_error"}}""", true, "refuses the texts (400)")]
    [InlineData(413, "too large", true, "refuses the texts (413)")]
    [InlineData(401, "{}", false, "refuses the key (401)")]
    public async Task Say_what_is_wrong_with_an_answer(int status, string body, bool isRefusal, string words)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add($"http://{IPAddress.Loopback}:0");
        server.MapPost("/v1/embeddings", () => Results.Text(body, statusCode: status));
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var embeddings = new OpenAIEmbeddings(
            new EmbeddingModelOptions { Endpoint = new Uri(server.Urls.First() + "/v1"), Model = "m" }, TestOutbound.Client);

        var failure = await Should.ThrowAsync<EmbeddingUnavailableException>(
            () => embeddings.GenerateAsync(["text"], cancellationToken: TestContext.Current.CancellationToken));

        failure.Message.ShouldContain(words);
        failure.IsRefusal.ShouldBe(isRefusal);
    }
}
